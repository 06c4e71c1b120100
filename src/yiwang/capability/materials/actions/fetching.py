"""What the sources said, kept: before handing in and, when they were away, after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.materials import queries
from yiwang.capability.materials.actions import rows
from yiwang.capability.materials.definitions import Fetched, SuppliedFile, Supply
from yiwang.capability.materials.events import MaterialArrived
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import actions as journal


def store_fetched(fetched: Sequence[Fetched], *, actor: Actor, at: datetime) -> tuple[Fetched, ...]:
    """Put files the sources sent into the store, before any transaction; a bad file is “away”."""
    return tuple(_stored(answer, actor, at) for answer in fetched)


def _stored(answer: Fetched, actor: Actor, at: datetime) -> Fetched:
    content = queries.file_content(answer)
    if content is None:
        return answer
    try:
        kept = files.store(data=content[1], filename=content[0], actor=actor, at=at)
    except Refusal:
        return replace(answer, supply=Supply.PENDING, value=None)
    file = SuppliedFile(kept.key, kept.filename, kept.size, kept.digest)
    return replace(answer, value=None, files=(file,))


def keep_fetched(
    *,
    subject: str,
    required: Sequence[Material],
    fetched: Sequence[Fetched],
    actor: Actor,
    at: datetime,
) -> None:
    """Note what the sources said. What the person uploaded meanwhile stays, unless a source gave it."""
    by_key = {material.key: material for material in required}
    for answer in fetched:
        row = rows.lock(subject, by_key[answer.material], actor, at)
        if row.supply == Supply.UPLOADED and answer.supply is not Supply.FETCHED:
            continue
        for file in answer.files:
            files.attach(key=file.key, subject=subject, at=at)
        rows.change(
            row,
            answer.supply,
            answer.as_of,
            files=[asdict(file) for file in answer.files],
            value=None if answer.files else answer.value,
            provider=answer.source,
            source_label=answer.source_label,
        )
        rows.record(row, "materials.fetch", actor, at, supply=answer.supply.value)


def keep_owed(*, subject: str, material: str, answer: Fetched, actor: Actor, at: datetime) -> bool:
    """A source answered at last, after the application went in; a no stays for the official to see.

    While it still does not answer, it goes to the end of the row of those to be asked: False.
    """
    mine = SuppliedMaterial.objects.select_for_update().filter(subject=subject, material=material)
    row = mine.filter(supply=Supply.PENDING).first()
    if row is None:
        return False
    given = [asdict(file) for file in answer.files]
    for file in answer.files:
        files.attach(key=file.key, subject=subject, at=at)
    value = None if answer.files else answer.value
    label = answer.source_label
    rows.change(row, answer.supply, answer.as_of, files=given, value=value, source_label=label)
    if answer.supply is not Supply.PENDING:
        told = MaterialArrived(
            subject=subject,
            at=at,
            material=material,
            material_name=row.name,
            source_label=label,
            found=answer.supply is Supply.FETCHED,
        )
        journal.announce(told, actor=actor)
    return answer.supply is not Supply.PENDING


def stop_owing(*, subject: str, actor: Actor, at: datetime) -> None:
    """The case is over: what a source still owes it is asked for no more (个人信息保护法 6)."""
    mine = SuppliedMaterial.objects.select_for_update().filter(subject=subject)
    for row in mine.filter(supply=Supply.PENDING).exclude(provider=""):
        rows.change(row, Supply.PENDING, row.as_of, provider="")
        rows.record(row, "materials.not_needed", actor, at)
