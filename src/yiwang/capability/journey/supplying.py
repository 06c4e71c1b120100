"""The materials of a draft: what it needs, what was fetched, uploaded, used again, left for later."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView
from yiwang.capability.materials import actions as materials
from yiwang.capability.materials import queries as material_queries
from yiwang.capability.materials.definitions import MaterialView, Supply
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files.definitions import StoredFile

_SETTLED: Final = (Supply.FETCHED, Supply.UPLOADED, Supply.REUSED)


def list_required(draft: DraftView) -> tuple[Material, ...]:
    """The materials this person's answers leave, as the chosen road asks them."""
    item = catalogue.get_content(draft.item_code, draft.item_version)
    return catalogue.narrow(item, dict(intake.questions_now(draft))).materials


def list_supplied(draft: DraftView) -> tuple[MaterialView, ...]:
    """How each of them stands now."""
    return material_queries.outlook(
        required=list_required(draft),
        subject=draft.reference,
        on_form=intake.material_files(draft),
    )


def fetch_materials(*, draft_key: str, actor: Actor, at: datetime) -> None:
    """Ask the sources for what need not be handed in, then keep what they said. No transaction around."""
    draft = intake.get_draft(draft_key, actor)
    required = list_required(draft)
    known = material_queries.list_materials(subject=draft.reference)
    told = material_queries.fetch(
        required=required,
        applicant=draft.applicant,
        subject=draft.reference,
        item=draft.item_code,
        already={view.material for view in known if view.supply in _SETTLED},
        at=at,
    )
    if not told:
        return
    told = materials.store_fetched(told, actor=actor, at=at)
    with transaction.atomic():
        materials.keep_fetched(
            subject=draft.reference, required=required, fetched=told, actor=actor, at=at
        )


@transaction.atomic
def upload_material(
    *, draft_key: str, material: str, stored: StoredFile, actor: Actor, at: datetime
) -> MaterialView:
    """One more file. Refusals: ``NotFound``, ``CannotSupply``, ``TooManyFiles``."""
    draft, wanted = _wanted(draft_key, material, actor)
    return materials.upload(
        subject=draft.reference, material=wanted, stored=stored, actor=actor, at=at
    )


@transaction.atomic
def remove_material(
    *, draft_key: str, material: str, file_key: str, actor: Actor, at: datetime
) -> None:
    """Take an uploaded file away again. Refusals: ``NotFound``."""
    draft, wanted = _wanted(draft_key, material, actor)
    materials.remove_upload(
        subject=draft.reference, material=wanted.key, file_key=file_key, actor=actor, at=at
    )


@transaction.atomic
def reuse_material(
    *, draft_key: str, material: str, actor: Actor, at: datetime, origin: str = ""
) -> MaterialView:
    """A paper of the vault again. Refusals: ``NotFound``."""
    draft, wanted = _wanted(draft_key, material, actor)
    return materials.reuse(
        subject=draft.reference, material=wanted, actor=actor, at=at, origin=origin
    )


@transaction.atomic
def promise_material(*, draft_key: str, material: str, actor: Actor, at: datetime) -> MaterialView:
    """It comes later, where the item lets it. Refusals: ``NotFound``, ``CannotSupply``."""
    draft, wanted = _wanted(draft_key, material, actor)
    return materials.promise(subject=draft.reference, material=wanted, actor=actor, at=at)


def _wanted(draft_key: str, material: str, actor: Actor) -> tuple[DraftView, Material]:
    """One's own open draft and a material it needs; ``NotFound``."""
    draft = intake.get_draft(draft_key, actor)
    wanted = next((m for m in list_required(draft) if m.key == material), None)
    if wanted is None or draft.submitted_case:
        raise NotFound("没有这样材料。", "请刷新页面。")
    return draft, wanted
