"""调用系统和密钥: an application of a department is entered, and its keys are issued, renewed, ended.

A department's data officer keeps its systems; an operator sees all of them and may end a key.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.foundation.exchange.checks import code_problem, if_, refuse, tell_fast_path
from yiwang.foundation.exchange.definitions import PLATFORM, Algorithm, IssuedKey
from yiwang.foundation.exchange.models import System, SystemKey
from yiwang.foundation.exchange.refusals import KeyOver, SystemTaken
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.journal import actions as journal

#: A renewed key's predecessor goes on for so long, so that no call fails while it is exchanged.
OVERLAP: Final = timedelta(days=7)
_POINT: Final = re.compile(r"04[0-9a-f]{128}")


@transaction.atomic
def register_system(
    *,
    code: str,
    name: str,
    actor: Actor,
    at: datetime,
    department: str = "",
    per_second: int = 50,
) -> str:
    """Enter an application that may call services; answers its key. SystemTaken, InvalidInput,
    NotAllowed.

    ``department``: whose it is (USCC); only the node's own service platform belongs to none.
    """
    refuse([code_problem(code), *if_(not name, "name", "请写系统名称。")])
    platforms = code.endswith(f"/{PLATFORM}")
    refuse(if_(not department and not platforms, "department", "请写这个系统属于哪个部门。"))
    refuse(if_(bool(department) and platforms, "code", "这个名称留给平台自己。"))
    refuse(if_(not 1 <= per_second <= 10_000, "per_second", "每秒次数应在 1 到 10000 之间。"))
    _must_keep(actor, department)
    row, made = System.objects.get_or_create(
        code=code,
        defaults={
            "node": code.split("/")[0],
            "name": name,
            "department": department,
            "per_second": per_second,
            "made_at": at,
            "made_by": actor.reference,
        },
    )
    if not made:
        raise SystemTaken
    journal.record(
        actor=actor,
        act="exchange.system_registered",
        subject=row.reference,
        at=at,
        facts={"code": code, "department": department},
    )
    tell_fast_path()
    return row.key


@transaction.atomic
def provide_system(*, code: str, name: str, per_second: int, actor: Actor, at: datetime) -> None:
    """Enter a system unless it is entered already: for the platform's own."""
    if not System.objects.filter(code=code).exists():
        with contextlib.suppress(SystemTaken):
            register_system(code=code, name=name, per_second=per_second, actor=actor, at=at)


@transaction.atomic
def issue_key(
    *,
    system: str,
    actor: Actor,
    at: datetime,
    valid_until: datetime | None = None,
    point: str = "",
) -> IssuedKey:
    """Give a system a key; its secret is shown this once. ``point``: it signs with its own SM2 key
    instead. Older keys go on until they are ended. NotFound, NotAllowed, InvalidInput."""
    row = System.objects.visible_to(actor).select_for_update().filter(code=system).first()
    if row is None:
        raise NotFound
    _must_keep(actor, row.department)
    refuse(if_(bool(point) and not _POINT.fullmatch(point), "point", "公钥应为 130 位十六进制。"))
    return _issue(row, point=point, valid_until=valid_until, actor=actor, at=at)


@transaction.atomic
def rotate_key(*, key_id: str, actor: Actor, at: datetime, point: str = "") -> IssuedKey:
    """A new key in place of one, which holds a week longer at most. ``point``: the new public half, for
    a system that signs. NotFound, NotAllowed, KeyOver, InvalidInput."""
    key = _key(key_id, actor)
    _must_keep(actor, key.system.department)
    signs = key.algorithm == Algorithm.SM2
    refuse(if_(signs and not _POINT.fullmatch(point), "point", "请写新的公钥，130 位十六进制。"))
    key.valid_until = min(filter(None, (key.valid_until, at + OVERLAP)))
    key.save(update_fields=["valid_until"])
    return _issue(key.system, point=point if signs else "", actor=actor, at=at, instead_of=key_id)


@transaction.atomic
def end_key(*, key_id: str, actor: Actor, at: datetime) -> None:
    """From now on nobody gets in with this key. NotFound, NotAllowed, KeyOver."""
    key = _key(key_id, actor)
    if not actor.has_role(Role.OPERATOR):
        _must_keep(actor, key.system.department)
    key.ended_at = at
    key.save(update_fields=["ended_at"])
    journal.record(
        actor=actor,
        act="exchange.key_ended",
        subject=key.system.reference,
        at=at,
        facts={"key_id": key_id},
    )
    tell_fast_path()


def _key(key_id: str, actor: Actor) -> SystemKey:
    rows = SystemKey.objects.select_for_update(of=("self",)).select_related("system")
    key = rows.filter(key_id=key_id, system__in=System.objects.visible_to(actor)).first()
    if key is None:
        raise NotFound
    if key.ended_at is not None:
        raise KeyOver
    return key


def _issue(
    row: System,
    *,
    point: str,
    actor: Actor,
    at: datetime,
    valid_until: datetime | None = None,
    instead_of: str = "",
) -> IssuedKey:
    secret = "" if point else secrets.token_hex(32)
    key = SystemKey.objects.create(
        key_id=new_key(),
        system=row,
        algorithm=Algorithm.SM2 if point else Algorithm.HMAC,
        secret=secret,
        point=point,
        issued_at=at,
        valid_until=valid_until,
    )
    journal.record(
        actor=actor,
        act="exchange.key_issued",
        subject=row.reference,
        at=at,
        facts={"key_id": key.key_id, "algorithm": key.algorithm, "instead_of": instead_of},
    )
    tell_fast_path()
    return IssuedKey(key.key_id, secret)


def _must_keep(actor: Actor, department: str) -> None:
    """The platform itself, or a data officer of whose the system is."""
    keeps = any(
        grant.role == Role.DATA_OFFICER and grant.department == department for grant in actor.grants
    )
    if actor.kind is not ActorKind.MACHINE and not (department and keeps):
        raise NotAllowed
