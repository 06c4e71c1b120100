"""Which materials are still missing, and what may be done about each. Plain values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.materials.definitions import (
    SUPPLY_LABELS,
    Fetched,
    Kept,
    MaterialView,
    SuppliedFile,
    Supply,
)
from yiwang.kernel.sentences import said
from yiwang.mechanisms.clocks import rules as clocks
from yiwang.mechanisms.clocks.definitions import Allowance, Calendar

#: A supply that lets the application go in. PENDING does: what sharing can give is our errand
#: (国务院令第716号第七条：通过共享可以获得的，不得要求申请人提供).
GOOD_ENOUGH = frozenset(
    {
        Supply.FETCHED,
        Supply.REUSED,
        Supply.UPLOADED,
        Supply.PROMISED,
        Supply.COMMITTED,
        Supply.FORM,
        Supply.PENDING,
    }
)


def outlook(
    required: Iterable[Material],
    supplied: Mapping[str, MaterialView],
    subject: str,
    on_form: Mapping[str, tuple[SuppliedFile, ...]] | None = None,
) -> tuple[MaterialView, ...]:
    """Every material the application needs, in the item's order, with how it stands now.

    ``on_form``: materials the form itself asks for, with what was uploaded there.
    """
    asked = on_form or {}
    return tuple(
        _on_form(material, asked[material.key], subject)
        if material.key in asked
        else _one(material, supplied.get(material.key), subject)
        for material in required
    )


def _on_form(material: Material, files: tuple[SuppliedFile, ...], subject: str) -> MaterialView:
    supply = Supply.UPLOADED if files else Supply.MISSING
    return MaterialView(
        subject=subject,
        material=material.key,
        name=material.name,
        required=material.required,
        supply=supply,
        supply_label=SUPPLY_LABELS[supply],
        files=files,
        why=material.why,
        note="" if files else "请在表里上传。",
        on_form=True,
    )


def missing_materials(views: Iterable[MaterialView]) -> tuple[MaterialView, ...]:
    """What still keeps the application from going in."""
    return tuple(v for v in views if v.required and v.supply not in GOOD_ENOUGH)


def supply_before_asking(material: Material) -> Supply:
    """How a material stands before anybody did anything."""
    if material.source is MaterialSource.FORM:
        return Supply.FORM
    if material.source is MaterialSource.COMMITTED:
        return Supply.COMMITTED
    return Supply.PENDING if material.source is MaterialSource.FETCHED else Supply.MISSING


def note_of(fetched: Fetched) -> str:
    """One sentence when a source did not give the material."""
    if fetched.supply is Supply.PENDING:
        return said(
            "%(source)s现在连不上，我们会接着取；您手里有的话，也可以先上传。",
            source=fetched.source_label,
        )
    if fetched.supply is Supply.MISSING:
        return said("%(source)s里没有查到，请您上传。", source=fetched.source_label)
    return ""


def words_of(value: Any) -> str:
    """What a register said instead of a paper, for whoever decides; codes and bare texts say nothing here."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, Mapping):
        return ""
    return "；".join(f"{label}：{one}" for label, one in value.items() if isinstance(one, str))


def _one(material: Material, known: MaterialView | None, subject: str) -> MaterialView:
    if known and material.source is MaterialSource.COMMITTED:
        known = None  # uploaded before the other road was chosen
    if known and known.supply is Supply.PROMISED and material.tolerance is None:
        known = None  # this road does not let it wait
    supply = known.supply if known else supply_before_asking(material)
    asked = material.source is MaterialSource.UPLOADED
    return MaterialView(
        subject=subject,
        material=material.key,
        name=material.name,
        required=material.required,
        supply=supply,
        supply_label=SUPPLY_LABELS[supply],
        files=known.files if known else (),
        source=known.source if known else "",
        source_label=known.source_label if known else "",
        as_of=known.as_of if known else None,
        why=material.why,
        note=known.note if known else "",
        may_upload=asked or (known is not None and supply in (Supply.PENDING, Supply.MISSING)),
        tolerance=material.tolerance,
        verified=known.verified if known else None,
    )


def valid_until(on: date, allowance: Allowance, calendar: Calendar) -> date:
    """The first day a copy of that day is no longer used again."""
    return clocks.due(start=on, allowance=allowance, calendar=calendar).on + timedelta(days=1)


def same_kind(material: Material, kept: Kept) -> bool:
    """May this paper of the vault be used for that material? Papers from before kinds go by their key."""
    return kept.kind == material.kind if kept.kind else kept.material == material.key
