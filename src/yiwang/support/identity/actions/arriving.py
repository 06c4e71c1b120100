"""At a member: a person goes to the host to sign in and comes back; what the host says of him opens a session.

The browser carries a cookie there and back, closed by this node's key: the state, the value whose SM3 the host
was given, and where to go on. Persons are found by the index of their number: who is registered here is
joined, nobody is doubled.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db import transaction

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.foundation.libraries import actions as library
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries.definitions import NewPerson, PersonView, Sex
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import citizen_id_birth, is_citizen_id
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.definitions import CannotDecrypt
from yiwang.mechanisms.statements import prepared
from yiwang.network.nodes import queries as nodes
from yiwang.support.identity import queries
from yiwang.support.identity.actions import accounts, throttling
from yiwang.support.identity.actions.sessions import open_session, raise_session
from yiwang.support.identity.definitions import (
    CannotSignIn,
    Method,
    Origin,
    SignedIn,
    TooManyTries,
)
from yiwang.support.identity.definitions.factors import RAISED_FOR, Proof
from yiwang.support.identity.definitions.sso import (
    AUTHORIZE_PATH,
    DEPARTURE_LIFE,
    IDENTITY,
    PURPOSE,
    REDEEM_SECONDS,
    Arrival,
    CannotArrive,
    Departure,
    HostAway,
    HostDoor,
    NameDiffers,
    SomebodyElse,
    Vouching,
)
from yiwang.support.identity.models import Account, SignIn

_CLOSED: Final = "identity.departure"
_BY: Final = machine("identity")
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
#: One address may come back so often; each time the host is asked.
_PACE: Final = {"host-address": (timedelta(minutes=1), 30)}


@dataclass(frozen=True, slots=True)
class _Vouched:
    """What the host said of somebody."""

    name: str
    citizen_id: str
    level: int
    raised: tuple[int | None, datetime | None]
    by: str

    def reaches(self, at: datetime) -> int:
        return max(self.level, self.raised[0] or 0)


def depart(*, where: str, firm: bool, level: int, session_key: str, at: datetime) -> Departure:
    """To the host, to sign in there, or (``session_key``) to prove more. NoHost, HostAway."""
    host = queries.get_host()
    if host.away is not None:
        raise HostAway
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    carried = {
        "state": state,
        "verifier": verifier,
        "host": host.code,
        "next": where,
        "firm": firm,
        "session": session_key,
        "at": at.isoformat(),
    }
    asked = {
        "node": nodes.own().code,
        "state": state,
        "challenge": crypto.digest(verifier.encode()),
        "level": level,
    }
    return Departure(
        address=f"{host.web.rstrip('/')}{AUTHORIZE_PATH}?" + urlencode(asked),
        cookie=crypto.encrypt(json.dumps(carried), purpose=_CLOSED),
    )


def arrive(*, cookie: str, state: str, code: str, origin: Origin, at: datetime) -> Arrival:
    """Back from the host: the code is redeemed there through the exchange, the person found or entered, and
    a session opened, or the one he left from raised. Never inside a transaction.

    CannotArrive (another browser's, an old or repeated way, a code the host does not take), HostAway,
    NameDiffers, SomebodyElse, CannotSignIn for a closed account, TooManyTries.
    """
    if not throttling.within_pace(origin.address, limits=_PACE, at=at):
        raise TooManyTries
    carried = _carried(cookie, state, at)
    host = queries.get_host()
    if not code or host.code != carried["host"]:
        raise CannotArrive
    vouched = _redeem(host, code, carried["verifier"], at)
    with transaction.atomic(durable=True):
        account = _account(vouched, host, at)
        if carried["session"]:
            signed_in = _proved(carried["session"], account, vouched, origin, at)
        else:
            signed_in = _open(account, vouched, origin, at)
    return Arrival(signed_in, carried["next"], carried["firm"])


def _carried(cookie: str, state: str, at: datetime) -> dict[str, Any]:
    """What this browser took along; CannotArrive for another's, none, or one from long ago."""
    try:
        carried: dict[str, Any] = json.loads(crypto.decrypt(cookie[:4_000], purpose=_CLOSED))
        left_at = datetime.fromisoformat(carried["at"])
    except (CannotDecrypt, ValueError, KeyError) as error:
        raise CannotArrive from error
    if not hmac.compare_digest(carried["state"].encode(), state.encode()):
        raise CannotArrive
    if not left_at <= at < left_at + DEPARTURE_LIFE:
        raise CannotArrive
    return carried


def _redeem(host: HostDoor, code: str, verifier: str, at: datetime) -> _Vouched:
    reply = calls.call(
        service=IDENTITY.code_at(host.code),
        parameters={"code": code[:100], "verifier": verifier},
        purpose=PURPOSE,
        item=PURPOSE,
        fields=[field.name for field in IDENTITY.fields],
        limit_seconds=REDEEM_SECONDS,
        at=at,
    )
    if reply.status is CallStatus.AWAY:
        raise HostAway
    if reply.status is not CallStatus.FOUND:
        raise CannotArrive
    return _read(reply.value, queries.token_digest(code[:100]), at)


def _read(told: Any, by: str, at: datetime) -> _Vouched:
    """HostAway for what is no answer: nothing is known."""
    try:
        name, number = str(told["name"]).strip(), str(told["citizen_id"])
        level, raised_level = int(told["level"]), int(told["raised_level"])
        until = datetime.fromisoformat(told["raised_until"]) if raised_level else None
    except (KeyError, TypeError, ValueError) as error:
        raise HostAway from error
    well = is_citizen_id(number, today=moments.legal_date(at)) and 0 < len(name) <= 80
    if not well or not 2 <= level <= 5 or not 0 <= raised_level <= 5:
        raise HostAway
    if until is None or until <= at or raised_level < 2:
        return _Vouched(name, number, level, (None, None), by)
    return _Vouched(name, number, level, (raised_level, min(until, at + RAISED_FOR)), by)


def _account(vouched: _Vouched, host: HostDoor, at: datetime) -> Account:
    """The one account of this number here, entered when there is none; two at once wait for each other."""
    prepared.run(_LOCK, [f"identity|{libraries.citizen_id_index(vouched.citizen_id)}"])
    person = libraries.find_person(vouched.citizen_id) or _enter(vouched, host, at)
    if not libraries.is_called(person, vouched.name):
        raise NameDiffers
    account = Account.objects.filter(subject=person.reference).first()
    if account is None:
        made = accounts.create_person_account(
            person=person.reference,
            password=None,
            assurance_level=vouched.level,
            actor=_BY,
            at=at,
        )
        account = Account.objects.get(key=made.key)
    if not account.active:
        raise CannotSignIn("这个账号已经停用。", "请带身份证到政务服务大厅窗口，或者拨打 12345。")
    return account


def _enter(vouched: _Vouched, host: HostDoor, at: datetime) -> PersonView:
    """Birth and sex as the number says them (GB 11643); household and ethnic group nobody has said, and
    the number's first digits are where it was given, not where its holder lives."""
    number = vouched.citizen_id
    born = citizen_id_birth(number)
    assert born is not None  # noqa: S101  # nosec B101 looked at when it was read
    new = NewPerson(
        name=vouched.name,
        citizen_id=number,
        born_on=born,
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        division_code="",
        people="",
        source=f"{host.name} {PURPOSE}",
    )
    return library.register_person(person=new, actor=_BY, at=at)


def _open(account: Account, vouched: _Vouched, origin: Origin, at: datetime) -> SignedIn:
    return open_session(
        account=account,
        method=Method.HOST,
        origin=origin,
        at=at,
        raised=vouched.raised,
        vouched=Vouching(vouched.level, vouched.by, at),
    )


def _proved(
    session_key: str, account: Account, vouched: _Vouched, origin: Origin, at: datetime
) -> SignedIn:
    """The session he left from is raised; when it has ended meanwhile, a new one begins. SomebodyElse."""
    rows = SignIn.objects.select_for_update(of=("self",)).select_related("account")
    session = rows.filter(key=session_key, ended_at=None).first()
    if session is None or session.epoch != session.account.epoch:
        return _open(account, vouched, origin, at)
    if session.account_id != account.key:
        raise SomebodyElse
    if session.method == Method.HOST:  # the newest word, of a consent given anew perhaps
        SignIn.objects.filter(key=session.key).update(vouched_by=vouched.by, vouched_at=at)
    actor = queries.get_actor(account.key, at=at, on_behalf_of=session.on_behalf_of)
    return raise_session(
        session, account, Proof.HOST, reached=vouched.reaches(at), actor=actor, at=at
    )
