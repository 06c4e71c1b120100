"""Questions about materials. Who may see the draft or case is checked before they are asked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db.models import Q

from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.materials import rules
from yiwang.capability.materials.definitions import (
    SUPPLY_LABELS,
    Fetched,
    Kept,
    MaterialView,
    SuppliedFile,
    Supply,
    Verified,
)
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.foundation.exchange import sources
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.statements import prepared

SECONDS: Final = 2 * settings.SOURCE_SECONDS
#: What a source is asked for here, as receipts and grants say it.
PURPOSE: Final = "替申请人取材料"
_LIST: Final = """
SELECT {columns} FROM materials_suppliedmaterial WHERE subject = %s ORDER BY id LIMIT 200
"""
#: How far back the vault is searched for one application, and how many papers of a kind are offered.
_MOST_OFFERED: Final = 60
_OF_EACH: Final = 3


def list_materials(*, subject: str) -> tuple[MaterialView, ...]:
    """What was supplied for one draft or case."""
    rows = prepared.read(SuppliedMaterial, _LIST, [subject])
    return tuple(view_of(row) for row in rows)


def outlook(
    *,
    required: Iterable[Material],
    subject: str,
    on_form: Mapping[str, Sequence[str]] | None = None,
    known: Sequence[MaterialView] | None = None,
) -> tuple[MaterialView, ...]:
    """Every material the application needs, supplied or not, in the item's order.

    ``on_form``: material → keys of the files uploaded on the form itself. ``known``: what
    ``list_materials`` said, when the caller has asked already.
    """
    rows = list_materials(subject=subject) if known is None else known
    supplied = {view.material: view for view in rows}
    return rules.outlook(required, supplied, subject, _files_on_form(on_form or {}))


def _files_on_form(
    on_form: Mapping[str, Sequence[str]],
) -> dict[str, tuple[SuppliedFile, ...]]:
    known = files.list_files([key for keys in on_form.values() for key in keys])
    return {
        material: tuple(
            SuppliedFile(key, known[key].filename, known[key].size, known[key].digest)
            for key in keys
            if key in known
        )
        for material, keys in on_form.items()
    }


def list_missing(
    *,
    required: Iterable[Material],
    subject: str,
    on_form: Mapping[str, Sequence[str]] | None = None,
) -> tuple[MaterialView, ...]:
    """What still keeps the application from going in."""
    views = outlook(required=required, subject=subject, on_form=on_form)
    return rules.missing_materials(views)


def list_reusable(
    *, actor: Actor, materials: Sequence[Material], on: date
) -> Mapping[str, tuple[Kept, ...]]:
    """Papers of the actor's vault that will do for these materials, verified ones first.

    By material key; a few of each. What its owner had forgotten, or is too old on that day, is not offered.
    """
    kinds, keys = [m.kind for m in materials], [m.key for m in materials]
    mine = SuppliedMaterial.objects.kept_of(actor)
    rows = mine.filter(Q(kind__in=kinds) & ~Q(kind="") | Q(kind="", material__in=keys))
    kept = [kept_of(row) for row in rows.order_by("-id")[:_MOST_OFFERED]]
    usable = sorted((k for k in kept if k.usable(on)), key=lambda k: k.verified is None)
    found = {m.key: [k for k in usable if rules.same_kind(m, k)][:_OF_EACH] for m in materials}
    return {key: tuple(offered) for key, offered in found.items() if offered}


def list_vault(actor: Actor, *, after: int = 0, limit: int = 50) -> tuple[Kept, ...]:
    """材料库: everything the actor handed in that is kept for next time, newest first."""
    rows = SuppliedMaterial.objects.kept_of(actor)
    if after:
        rows = rows.filter(pk__lt=after)
    return tuple(kept_of(row) for row in rows.order_by("-id")[: min(limit, 200)])


def find_kept(actor: Actor, *, case: str, material: str) -> Kept | None:
    """One paper of the actor's own vault; None when it is not there (any more)."""
    mine = SuppliedMaterial.objects.kept_of(actor)
    row = mine.filter(subject=case, material=material).first()
    return kept_of(row) if row else None


def fetch(
    *,
    required: Sequence[Material],
    applicant: str,
    subject: str,
    item: str,
    already: Collection[str] = (),
    limit_seconds: float = SECONDS,
    at: datetime | None = None,
) -> tuple[Fetched, ...]:
    """Ask the sources for what need not be handed in; outside any transaction, all at once."""
    wanted = [
        m
        for m in required
        if m.source is MaterialSource.FETCHED and m.provider and m.key not in already
    ]
    questions = [sources.Question(m.provider or "", applicant) for m in wanted]
    answers = sources.ask_all(
        questions,
        purpose=PURPOSE,
        item=item,
        case=subject,
        limit_seconds=limit_seconds,
        at=at,
    )
    return tuple(_fetched(m.key, a) for m, a in zip(wanted, answers, strict=True))


def file_content(fetched: Fetched) -> tuple[str, bytes] | None:
    """File name and bytes when the source gave a file, to be stored before any transaction."""
    value = fetched.value
    if not isinstance(value, Mapping) or not {"filename", "content"} <= set(value):
        return None
    try:
        return str(value["filename"]), base64.b64decode(str(value["content"]), validate=True)
    except binascii.Error:
        return None


def list_pending(*, before: datetime, limit: int = 100) -> tuple[MaterialView, ...]:
    """Materials of handed-in cases a source still owes us, the longest waiting first."""
    rows = SuppliedMaterial.objects.filter(
        supply=Supply.PENDING, subject__startswith="case:", as_of__lt=before
    ).exclude(provider="")
    return tuple(view_of(row) for row in rows.order_by("as_of")[:limit])


def owes(*, subject: str) -> bool:
    """Does a source still owe this draft or case a material?"""
    return SuppliedMaterial.objects.filter(subject=subject, supply=Supply.PENDING).exists()


def ask_again(
    owed: MaterialView,
    *,
    item: str,
    case_no: str,
    limit_seconds: float = SECONDS,
    at: datetime | None = None,
) -> Fetched:
    """Ask the source of one owed material once more, outside any transaction."""
    applicant = SuppliedMaterial.objects.values_list("applicant", flat=True).get(
        subject=owed.subject, material=owed.material
    )
    answer = sources.ask(
        provider=owed.source,
        subject=applicant,
        purpose=PURPOSE,
        item=item,
        case=case_no,
        limit_seconds=limit_seconds,
        at=at,
    )
    return _fetched(owed.material, answer)


def kept_of(row: SuppliedMaterial) -> Kept:
    """A row as a paper of the vault."""
    return Kept(
        material=row.material,
        name=row.name,
        case=row.subject,
        files=tuple(SuppliedFile(**file) for file in row.files),
        handed_in_at=row.as_of,
        kind=row.kind,
        verified=_verified(row),
        valid_until=row.valid_until,
        position=row.pk,
    )


def _verified(row: SuppliedMaterial) -> Verified | None:
    return Verified(row.verified_body, row.verified_at) if row.verified_at else None


def view_of(row: SuppliedMaterial) -> MaterialView:
    """A row as others may see it."""
    supply = Supply(row.supply)
    known = Fetched(row.material, supply, row.provider, row.source_label, row.as_of)
    return MaterialView(
        subject=row.subject,
        material=row.material,
        name=row.name,
        required=True,
        supply=supply,
        supply_label=SUPPLY_LABELS[supply],
        files=tuple(SuppliedFile(**file) for file in row.files),
        source=row.provider,
        source_label=row.source_label,
        as_of=row.as_of,
        note=rules.note_of(known) if row.source_label else "",
        verified=_verified(row),
        told=rules.words_of(row.value),
    )


def _fetched(material: str, answer: sources.Answer) -> Fetched:
    supply = {
        sources.Status.FOUND: Supply.FETCHED,
        sources.Status.NOT_FOUND: Supply.MISSING,
        sources.Status.AWAY: Supply.PENDING,
    }[answer.status]
    return Fetched(material, supply, answer.source, answer.source_label, answer.as_of, answer.value)
