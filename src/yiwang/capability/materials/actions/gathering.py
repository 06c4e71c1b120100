"""Everything an application needs, gathered when it is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db.models import Q

from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.intake.definitions import FrozenApplication
from yiwang.capability.materials import queries, rules
from yiwang.capability.materials.actions import rows
from yiwang.capability.materials.definitions import MaterialView, Supply
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.kernel.sentences import said
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.statements import prepared

_BY_ITSELF = (Supply.PENDING, Supply.FORM, Supply.COMMITTED)


class MissingMaterials(InvalidInput):
    sentence = "还缺材料，暂时不能提交。"
    remedy = "请补齐后再提交。"


def gather(
    *,
    application: FrozenApplication,
    required: Sequence[Material],
    actor: Actor,
    at: datetime,
    case: str = "",
) -> tuple[MaterialView, ...]:
    """Every material of the application as it is handed in. Refuses MissingMaterials, all named.

    What sharing should give but did not yet is PENDING: it goes in, and we go on asking. With
    ``case`` (a reference) the materials move to the case; otherwise call ``move_to_case`` later.
    """
    draft = f"draft:{application.draft_key}"
    known = queries.list_materials(subject=draft)
    views = queries.outlook(
        required=required, subject=draft, on_form=application.material_files, known=known
    )
    missing = rules.missing_materials(views)
    if missing:
        named = [
            FieldProblem(m.material, said("还缺“%(name)s”。", name=m.name), "请上传。")
            for m in missing
        ]
        raise MissingMaterials(fields=named)
    by_key = {material.key: material for material in required}
    untouched = [v for v in views if v.as_of is None and v.supply in _BY_ITSELF]
    if known:  # what was uploaded for a road not taken
        _drop(draft, Q(material__in=[view.material for view in untouched]))
    new = [by_key[v.material] for v in untouched]
    _note_untouched(case or draft, new, untouched, actor, at)
    touched = [view for view in views if view.on_form and view not in untouched]
    for view in touched:
        row = rows.lock(draft, by_key[view.material], actor, at)
        until = rows.valid_until(by_key[view.material], at)
        given = [asdict(file) for file in view.files]
        rows.change(row, view.supply, at, files=given, valid_until=until)
    if known or touched:
        _drop(draft, ~Q(material__in=[view.material for view in views]))
    if case and (known or touched):
        move_to_case(draft_key=application.draft_key, case=case, actor=actor, at=at)
    return tuple(replace(view, subject=case or draft) for view in views)


def _drop(draft: str, which: Q) -> None:
    """Rows of a draft the case does not need; their files go in a day."""
    for row in SuppliedMaterial.objects.filter(which, subject=draft):
        for file in row.files:
            files.detach(key=file["key"], subject=draft)
        row.delete()


def move_to_case(*, draft_key: str, case: str, actor: Actor, at: datetime) -> None:
    """The materials of a draft become those of its case (a reference)."""
    draft = f"draft:{draft_key}"
    mine = SuppliedMaterial.objects.visible_to(actor).filter(subject=draft)
    for row in mine.select_for_update():
        for file in row.files:
            files.attach(key=file["key"], subject=case, at=at)
            files.detach(key=file["key"], subject=draft)
    mine.update(subject=case)


def _note_untouched(
    subject: str,
    materials: Sequence[Material],
    views: Sequence[MaterialView],
    actor: Actor,
    at: datetime,
) -> None:
    """What nobody did anything about, in one statement: the draft is locked by the caller."""
    prepared.add(
        *(
            SuppliedMaterial(
                subject=subject,
                material=material.key,
                applicant=actor.applicant,
                name=material.name,
                supply=view.supply,
                provider=material.provider or "",
                as_of=at,
            )
            for material, view in zip(materials, views, strict=True)
        )
    )
