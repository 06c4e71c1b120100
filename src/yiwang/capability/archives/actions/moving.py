"""One step of one package or list: lock, check whose it is, move along its table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from django.db import connection

from yiwang.capability.archives import rules
from yiwang.capability.archives.definitions import (
    CONFIRMERS,
    DESTRUCTION,
    HAND_OVER,
    KEEPERS,
    PACKAGE,
    BatchKind,
)
from yiwang.capability.archives.models import ArchiveBatch, ArchivePackage
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party

Row = TypeVar("Row", ArchivePackage, ArchiveBatch)
_NEXT: Final = """
INSERT INTO archives_series AS s (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = s.last + 1 RETURNING last
"""


class NotYourArchive(NotAllowed):
    """Nobody archives, appraises or destroys his own matter."""

    sentence = "这是您自己的办件，它的档案不能由您经手。"
    remedy = "请交给其他工作人员办理。"


def locked(kind: type[Row], key: str, actor: Actor, *, roles: Collection[Role] = KEEPERS) -> Row:
    """One row of the official's body, locked until the transaction ends; ``NotFound`` for others."""
    row = kind.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    insist(row, actor, roles)
    return row


def insist(row: ArchivePackage | ArchiveBatch, actor: Actor, roles: Collection[Role]) -> None:
    """The platform's own clock, or an official who holds one of these posts there."""
    if actor.kind is ActorKind.MACHINE:
        return
    if not actor.roles_at(row.division_code, row.department) & set(roles):
        raise NotAllowed
    applicant = getattr(row, "applicant", "")
    if applicant and applicant in (actor.reference, actor.on_behalf_of, actor.person):
        raise NotYourArchive


def post_of(row: ArchivePackage | ArchiveBatch, actor: Actor, roles: Collection[Role]) -> str:
    """The post somebody acts in here; ``NotAllowed`` when he holds none of them."""
    held = actor.roles_at(row.division_code, row.department)
    found = next((role for role in roles if role in held), None)
    if found is None:
        raise NotAllowed
    return found.value


def facts_of(row: ArchivePackage, today: date) -> dict[str, bool]:
    """What the package's table asks."""
    return {
        "damaged": row.sound is False,
        "held": row.holds.filter(lifted_at=None).exists(),
        "expired": rules.is_expired(until=row.retained_until, today=today),
    }


def step(
    row: ArchivePackage,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Move one package. ``UnderHold`` says why a held one stays."""
    facts = facts_of(row, legal_date(at))
    if act in ("condemn", "destroy") and facts["held"]:
        raise rules.UnderHold
    states.move(
        row, machine=PACKAGE, act=act, role=party(actor), facts=facts, changes=changes,
        version=row.version if version is None else version,
    )  # fmt: skip


def step_batch(
    row: ArchiveBatch,
    act: str,
    *,
    actor: Actor,
    version: int,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Move one list."""
    machine = HAND_OVER if row.kind == BatchKind.HAND_OVER else DESTRUCTION
    states.move(
        row, machine=machine, act=act, role=party(actor), version=version,
        facts={"second": is_second(row, actor)}, changes=changes,
    )  # fmt: skip


def is_second(row: ArchiveBatch, actor: Actor) -> bool:
    """Another person than the one who began the list, in another post."""
    held = actor.roles_at(row.division_code, row.department) & set(CONFIRMERS)
    return actor.reference != row.begun_by and any(role.value != row.begun_as for role in held)


def party(actor: Actor) -> Party:
    return Party.MACHINE if actor.kind is ActorKind.MACHINE else Party.OFFICIAL


def take_number(series: str) -> int:
    """The next number of a series; its row is locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        return int(cursor.fetchone()[0])


def required(text: str, what: str, *, most: int = 500) -> str:
    """Words that must be there."""
    cleaned = text.strip()
    if not cleaned:
        raise InvalidInput(f"没有写明{what}。", f"请写明{what}后再办理。")
    if len(cleaned) > most:
        raise InvalidInput(f"{what}太长了。", f"请改到 {most} 字以内。")
    return cleaned
