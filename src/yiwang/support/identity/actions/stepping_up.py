"""A signed-in person proves once more to be himself; the session is raised for half an hour.

Bound to this one session, which gets a new secret; what was proved ends with it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotSignedIn
from yiwang.support.identity import queries, rules
from yiwang.support.identity.actions import attempts, ceremonies, codes, signing_in
from yiwang.support.identity.actions.sessions import raise_session
from yiwang.support.identity.definitions import (
    CODE_PAUSE,
    CODES_PER_PHONE_AND_DAY,
    AccountKind,
    Origin,
    SignedIn,
)
from yiwang.support.identity.definitions.factors import (
    CannotStepUp,
    CannotUsePasskey,
    Ceremony,
    Challenge,
    Proof,
)
from yiwang.support.identity.models import Passkey, SignIn


def begin_step_up(*, session_key: str, actor: Actor, at: datetime) -> Challenge:
    """The question for the owner's passkeys. NotSignedIn without a living session, CannotUsePasskey
    without a passkey."""
    session = _session(session_key, actor)
    known = list(Passkey.objects.filter(account=session.account_id))
    if not known:
        raise CannotUsePasskey("您还没有通行密钥。", "请换一种核验方式。")
    return ceremonies.ask(Ceremony.STEP_UP, known, bound_to=session_key, at=at)


def step_up_with_passkey(
    *, session_key: str, state: str, answer: str, actor: Actor, origin: Origin, at: datetime
) -> SignedIn:
    """A passkey raises the session to what the account was proved to be. CannotStepUp otherwise."""

    def proves(session: SignIn) -> bool:
        given = ceremonies.read(answer)
        rows = Passkey.objects.filter(account=session.account_id, credential=given["id"][:1400])
        passkey = rows.first()
        if passkey is None:
            return False
        ceremonies.check(Ceremony.STEP_UP, state, passkey, given, bound_to=session_key, at=at)
        return True

    return _step_up(Proof.PASSKEY, session_key, proves, actor, origin, at)


def step_up_with_face(
    *, session_key: str, given: str, actor: Actor, origin: Origin, at: datetime
) -> SignedIn:
    """A real-person check raises the session to 四级. CannotStepUp when it did not pass."""
    check = queries.get_face_check()

    def proves(session: SignIn) -> bool:
        person = session.account.kind == AccountKind.PERSON
        return person and check.passes(person=actor.reference, given=given)

    return _step_up(Proof.FACE, session_key, proves, actor, origin, at, simulated=check.simulated)


def step_up_with_password(
    *, session_key: str, password: str, actor: Actor, origin: Origin, at: datetime
) -> SignedIn:
    """The password once more; an official with a second factor gives that instead."""

    def proves(session: SignIn) -> bool:
        account = session.account
        right = check_password(password[:1024], account.password)
        return right and Proof.PASSWORD in queries.list_proofs(account)

    return _step_up(Proof.PASSWORD, session_key, proves, actor, origin, at)


def step_up_with_totp(
    *, session_key: str, number: str, actor: Actor, origin: Origin, at: datetime
) -> SignedIn:
    """The number an official's device shows now."""

    def proves(session: SignIn) -> bool:
        return signing_in.spend_totp(session.account, number, at=at)

    return _step_up(Proof.TOTP, session_key, proves, actor, origin, at)


def send_step_up_code(*, session_key: str, actor: Actor, at: datetime) -> None:
    """A code to the phone registered for the signed-in person, good in this session alone.

    TooManyTries within a minute of the last, after ten a day; CannotStepUp without a phone.
    """
    session = _session(session_key, actor)
    phone = libraries.find_phone(actor.reference) if session.account.phone_index else None
    if phone is None:
        raise CannotStepUp("没有登记您的手机号。", "请换一种核验方式，或到窗口办理。")
    owner = f"step-up|{actor.reference}"
    with transaction.atomic(durable=True):
        codes.count_codes(
            [
                ("code-pause", owner, CODE_PAUSE, 1),
                ("code-phone", owner, timedelta(days=1), CODES_PER_PHONE_AND_DAY),
            ],
            at=at,
        )
        code = codes.make_code(phone, bound_to=_bound(session_key), at=at)
        codes.write_code(phone, code, at=at)


def step_up_with_code(
    *, session_key: str, citizen_id: str, code: str, actor: Actor, origin: Origin, at: datetime
) -> SignedIn:
    """ID number and the code sent to the registered phone raise the session to 三级."""

    def proves(session: SignIn) -> bool:
        phone = libraries.find_phone(actor.reference) if session.account.phone_index else None
        right = phone is not None and codes.use_code(
            phone, code, bound_to=_bound(session_key), at=at
        )
        return right and session.account.citizen_id_index in libraries.citizen_id_indexes(
            citizen_id
        )

    return _step_up(Proof.CODE_AND_ID, session_key, proves, actor, origin, at)


def _bound(session_key: str) -> str:
    return reference("session", session_key)


def _session(session_key: str, actor: Actor) -> SignIn:
    row = (
        SignIn.objects.select_related("account")
        .filter(key=session_key, ended_at__isnull=True, account__subject=actor.reference)
        .first()
    )
    if row is None:
        raise NotSignedIn
    return row


def _step_up(
    proof: Proof,
    session_key: str,
    proves: Callable[[SignIn], bool],
    actor: Actor,
    origin: Origin,
    at: datetime,
    *,
    simulated: bool = False,
) -> SignedIn:
    """The order every proof keeps: may he try, does it hold, count it, raise the session."""
    session = _session(session_key, actor)
    account = session.account
    attempt = attempts.begin(
        step=f"step-up-{proof.value}",
        name=account.key,
        kind=AccountKind(account.kind),
        origin=origin,
        account=account,
    )
    attempts.refuse_when_locked(attempt, at=at)
    try:
        with transaction.atomic():
            held = proves(session)
    except CannotUsePasskey:
        held = False
    if not held:
        attempts.note_failure(attempt, account, at=at, actor=actor, act="step_up_failed")
        raise CannotStepUp
    with transaction.atomic(durable=True):
        attempts.succeeded(attempt)
        reached = rules.reach(proof, proofed=account.assurance_level)
        return raise_session(
            session, account, proof, reached=reached, actor=actor, at=at, simulated=simulated
        )
