"""What follows a decision: an entry of a register."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.events import CaseRefused
from yiwang.capability.registers import actions as registers
from yiwang.capability.registers.definitions import READERS, Became, Matter, RegisterKind
from yiwang.kernel.actor import Actor
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import Thing

_READERS: Final = frozenset(READERS)


@transaction.atomic
def make_register_entry(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A refusal of one case of the owner, on the register of our body."""
    case = cases.opened(
        owner, at=at, department=department, division_code=places.CHENGGUAN,
        item_code=uploads.ITEM, applicant_name="权限检查",
    )  # fmt: skip
    inside = case_queries.get_inside(case.key)
    event = CaseRefused(
        subject=case.reference, at=at, case_no=inside.case_no, item_code=inside.item_code,
        item_version=inside.item_version, profile=inside.profile, applicant=inside.applicant,
        division_code=inside.division_code, department=department, version=inside.version,
    )  # fmt: skip
    key = registers.enter(
        event=event, position=secrets.randbits(62), kind=RegisterKind.REFUSAL,
        matter=Matter.NOT_ACCEPTED, became=Became.STANDS, inside=inside, letter=None,
        reason="权限检查专用理由",
    )  # fmt: skip
    return {"register_entry": Thing(key, owner.applicant, places.CHENGGUAN, department, _READERS)}
