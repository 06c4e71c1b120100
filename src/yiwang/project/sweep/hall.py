"""A window where somebody is served by a clerk who is none of the visitors, and a question he answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import sample
from yiwang.capability.halls.definitions import HALL_STAFF
from yiwang.capability.journey import counter
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import Thing


def make_turn(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A turn is its clerk's alone, colleagues of his body and at the next window included."""
    mark = owner.applicant[-6:]
    hall = sample.hall(places.CHENGGUAN, at=at, name=f"权限检查大厅{mark}")
    window = sample.counter(hall, "Q1", at=at, line="Q", department=department)
    clerk = Actor(
        ActorKind.OFFICIAL,
        f"official:sweep-{mark}",
        "权限检查",
        grants=(Grant(Role.WINDOW_CLERK, places.CHENGGUAN, department),),
    )
    halls.begin_shift(counter=window.key, actor=clerk, at=at)
    ticket = halls.take_ticket(hall=hall.key, line="Q", at=at)
    turn = halls.call_next(actor=clerk, at=at)
    asked = counter.consult(
        session_key=turn.key, item_code=uploads.ITEM, questions={}, remark="", actor=clerk, at=at
    )
    staff = frozenset(HALL_STAFF)
    return {
        "hall": Thing(hall.key, public=True),
        "ticket": Thing(ticket.key, public=True),
        "counter": Thing(window.key, "", places.CHENGGUAN, department, staff),
        "turn": Thing(turn.key, owner=clerk.reference),
        "consultation": Thing(asked.key, owner=clerk.reference),
    }
