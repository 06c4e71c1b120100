"""What follows a decision: an entry of a register, a result on the shelf, an original, a bag."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.events import CaseRefused
from yiwang.capability.deliveries import actions as deliveries
from yiwang.capability.registers import actions as registers
from yiwang.capability.registers.definitions import READERS, Became, Matter, RegisterKind
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Grant, PowerAct, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import Thing

_READERS: Final = frozenset(READERS)
_STAFF: Final = frozenset(CASE_STAFF)
#: The body bags go to: another than ours.
_THERE: Final = 5


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


@transaction.atomic
def make_papers(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A result on the shelf, an original taken in, a bag begun by our body."""
    case = cases.opened(
        owner, at=at, department=department, division_code=places.CHENGGUAN,
        item_code=uploads.ITEM, applicant_name="权限检查",
    )  # fmt: skip
    inside = case_queries.get_inside(case.key)
    grant = Grant(Role.APPROVER, places.CHENGGUAN, department)
    official = Actor(ActorKind.OFFICIAL, "official:sweep-paper", grants=(grant,))
    shelf = deliveries.put_on_shelf(
        case=inside, document="权限检查", place="权限检查", actor=official, at=at
    )
    (original,) = deliveries.take_in(case=inside, pieces=[("权限检查", 1)], actor=official, at=at)
    bag = deliveries.begin_bag(
        sender=department, receiver=places.department_uscc(places.CHENGGUAN, _THERE),
        actor=official, at=at,
    )  # fmt: skip
    thing = Thing(
        shelf.key, owner.applicant, places.CHENGGUAN, department, _STAFF, item=uploads.ITEM,
        needs=PowerAct.RECEIVE,
    )  # fmt: skip
    return {
        "shelf": thing,
        "original": replace(thing, key=original.key),
        "bag": replace(thing, key=bag.key, owner=""),
    }
