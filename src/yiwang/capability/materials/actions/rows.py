"""One row of a material: locked, changed, noted. Used by the other actions only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.materials import rules
from yiwang.capability.materials.definitions import Supply
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import actions as journal


def lock(subject: str, material: Material, actor: Actor, at: datetime) -> SuppliedMaterial:
    """The actor's row of a material, made when there is none."""
    return lock_named(subject, material.key, material.name, actor, at, kind=material.kind)


def lock_named(
    subject: str, material: str, name: str, actor: Actor, at: datetime, *, kind: str = ""
) -> SuppliedMaterial:
    """The same by key and name."""
    SuppliedMaterial.objects.get_or_create(
        subject=subject,
        material=material,
        defaults={
            "applicant": actor.applicant,
            "name": name,
            "supply": Supply.MISSING,
            "as_of": at,
            "kind": kind,
        },
    )
    mine = SuppliedMaterial.objects.select_for_update().visible_to(actor)
    row = mine.filter(subject=subject, material=material).first()
    if row is None:
        raise NotFound
    return row


def change(row: SuppliedMaterial, supply: Supply, at: datetime, **values: Any) -> None:
    """Another way of supply replaces the one before, with whatever was known of that."""
    fresh = {"verified_at": None, "verified_by": "", "verified_body": "", "valid_until": None}
    changed = {**fresh, **values, "supply": supply, "as_of": at}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))


def valid_until(material: Material, at: datetime) -> Any:
    """From which day a copy handed in now is no longer used again; None: no such day."""
    if material.valid_for is None:
        return None
    return rules.valid_until(legal_date(at), material.valid_for, clocks.get_calendar())


def record(
    row: SuppliedMaterial, act: str, actor: Actor, at: datetime, **facts: str | int | bool | None
) -> None:
    told = {"material": row.material, **facts}
    journal.record(actor=actor, act=act, subject=row.subject, at=at, facts=told)
