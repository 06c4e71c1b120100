"""At the host: a person signed in here is vouched for at a member, by a code the browser carries there.

The code is good once, for a minute, for that member and for whoever began the way there (it proves so by what
only it knows). Nothing about the person is in it; the member fetches that through the exchange.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import F

from yiwang.foundation.agreements import actions as agreements
from yiwang.foundation.exchange.definitions import HouseAnswer, HouseCall
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import InvalidInput, NotFound, NotSignedIn
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeState
from yiwang.support.identity import queries, rules
from yiwang.support.identity.definitions import AccountKind, Method
from yiwang.support.identity.definitions.sso import (
    BACK_PATH,
    CODE_LIFE,
    IDENTITY,
    MOST_ASKED,
    PURPOSE,
    STANDING,
    Asking,
    NeedsConsent,
)
from yiwang.support.identity.models import Account, HandOverCode, NodeConsent, SignIn


@transaction.atomic
def offer_identity(*, at: datetime) -> int:
    """At the host: every member may redeem codes and ask whether they stand; how many grants are new.
    Elsewhere nothing is offered."""
    by = machine("identity")
    return sum(
        agreements.provide_to_members(service=one, actor=by, at=at) for one in (IDENTITY, STANDING)
    )


@transaction.atomic
def hand_over(*, asking: Asking, agreed: bool, session_key: str, actor: Actor, at: datetime) -> str:
    """Where to send the browser: the member's registered address with a fresh code.

    ``agreed``: the person has just read what is handed over. NeedsConsent the first time without it,
    NeedsStepUp when the member asks for more than this session carries, NotSignedIn without one.
    """
    session = (
        SignIn.objects.select_related("account")
        .filter(key=session_key, ended_at=None, account__subject=actor.reference)
        .first()
    )
    if session is None or session.account.kind != AccountKind.PERSON:
        raise NotSignedIn
    queries.insist_on_assurance(actor, level=asking.level)
    consent = _consent(asking, session.account, agreed, actor, at)
    code = secrets.token_urlsafe(32)
    HandOverCode.objects.create(
        code_digest=queries.token_digest(code),
        consent=consent,
        session=session.key,
        challenge=asking.challenge,
        made_at=at,
        expires_at=at + CODE_LIFE,
    )
    journal.record(
        actor=actor,
        act="identity.vouched",
        subject=reference("account", session.account.key),
        at=at,
        facts={"node": asking.node, "level": actor.assurance_level, "session": session.key},
    )
    return f"{asking.web.rstrip('/')}{BACK_PATH}?" + urlencode(
        {"state": asking.state, "code": code}
    )


def _consent(
    asking: Asking, account: Account, agreed: bool, actor: Actor, at: datetime
) -> NodeConsent:
    rows = NodeConsent.objects.filter(account=account, node=asking.node, withdrawn_at=None)
    if rows.update(used_at=at):
        return rows.get()
    if not agreed:
        raise NeedsConsent
    made, new = NodeConsent.objects.get_or_create(
        account=account,
        node=asking.node,
        withdrawn_at=None,
        defaults={"given_at": at, "used_at": at},
    )
    if new:
        journal.record(
            actor=actor,
            act="identity.consent_given",
            subject=reference("account", account.key),
            at=at,
            facts={"node": asking.node, "consent": made.key},
        )
    return made


@transaction.atomic
def withdraw_consent(*, consent: str, actor: Actor, at: datetime) -> None:
    """From now on this host vouches for me there no more, codes on their way included. NotFound."""
    rows = NodeConsent.objects.filter(key=consent, account__subject=actor.reference)
    if not rows.filter(withdrawn_at=None).update(withdrawn_at=at):
        raise NotFound
    row = rows.get()
    journal.record(
        actor=actor,
        act="identity.consent_withdrawn",
        subject=reference("account", row.account_id),
        at=at,
        facts={"node": row.node, "consent": row.key},
    )


@transaction.atomic
def redeem(*, call: HouseCall, at: datetime) -> HouseAnswer | None:
    """A member brings a code: who it is, once. None, one answer for all, when the code is unknown, old, used,
    another member's, brought by who did not begin the way, or the sign-in it stands for has ended."""
    code, verifier = (call.parameters.get(name) for name in ("code", "verifier"))
    if not isinstance(code, str) or not isinstance(verifier, str):
        return None
    row = HandOverCode.objects.select_for_update(of=("self",)).select_related("consent__account")
    found = row.filter(code_digest=queries.token_digest(code), used_at=None).first()
    if found is None:
        return None
    HandOverCode.objects.filter(pk=found.pk).update(used_at=at)  # whoever brought it: it is spent
    session = _standing_for(found, call, verifier, at)
    if session is None:
        return None
    account = session.account
    journal.record(
        actor=machine("exchange"),
        act="identity.handed_over",
        subject=reference("account", account.key),
        at=at,
        purpose=PURPOSE,
        facts={"node": call.node, "message": call.message, "session": session.key},
    )
    return _handed(session, at)


def answer_standing(*, call: HouseCall, at: datetime) -> HouseAnswer:
    """A member asks which of its codes still stand: not withdrawn, the account open. InvalidInput."""
    del at
    codes = call.parameters.get("codes")
    if not isinstance(codes, list) or not all(isinstance(one, str) for one in codes):
        raise InvalidInput
    if len(codes) > MOST_ASKED:
        raise InvalidInput
    rows = HandOverCode.objects.filter(
        code_digest__in=codes,
        used_at__isnull=False,
        consent__node=call.node,
        consent__withdrawn_at=None,
        consent__account__active=True,
    )
    return HouseAnswer({"standing": sorted(rows.values_list("code_digest", flat=True))})


def _standing_for(row: HandOverCode, call: HouseCall, verifier: str, at: datetime) -> SignIn | None:
    """The living sign-in a code stands for, when everything about it is as it was."""
    member = nodes.find_node(call.node)
    good = (
        at < row.expires_at
        and row.consent.node == call.node
        and row.consent.withdrawn_at is None
        and crypto.digest(verifier.encode()) == row.challenge
        and member is not None
        and member.state is NodeState.ACTIVE
    )
    if not good:
        return None
    living = SignIn.objects.select_related("account").filter(
        key=row.session, ended_at=None, account__active=True, epoch=F("account__epoch")
    )
    return living.filter(account=row.consent.account_id).first()


def _handed(session: SignIn, at: datetime) -> HouseAnswer:
    account = session.account
    number = libraries.find_citizen_id(account.subject) or ""
    level = rules.session_level(
        proofed=account.assurance_level,
        method=Method(session.method),
        vouched=session.vouched_level,
        at=at,
    )
    raised = session.raised_until is not None and session.raised_until > at
    value = {
        "name": libraries.get_person(account.subject).name,
        "citizen_id": number,
        "level": level,
        "raised_level": (session.raised_to or 0) if raised else 0,
        "raised_until": session.raised_until.isoformat() if raised and session.raised_until else "",
    }
    return HouseAnswer(value, subject=number)
