"""A draft and a handed-in picture of anybody's, for the makers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake.definitions import DraftView
from yiwang.capability.materials import actions as materials
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind

ITEM: Final = "elderly-allowance"


@transaction.atomic
def draft(owner: Actor, at: datetime) -> DraftView:
    """A draft of anybody's, also of those the item does not serve: the sweep asks who sees it."""
    item = catalogue.get_item(ITEM)
    return intake.start_draft(
        item_code=item.code, item_version=item.version, actor=owner, at=at, questions={}
    )


def upload(case: str, owner: Actor, at: datetime) -> str:
    """A picture handed in with the case; its key."""
    begun = draft(owner, at)
    stored = files.store(
        data=file_samples.content(Kind.PNG), filename="权限检查.png", actor=owner, at=at
    )
    wanted = Material("proof", "权限检查", "权限检查", MaterialSource.UPLOADED, "权限检查", ())
    materials.upload(subject=begun.reference, material=wanted, stored=stored, actor=owner, at=at)
    materials.move_to_case(draft_key=begun.key, case=case, actor=owner, at=at)
    return stored.key
