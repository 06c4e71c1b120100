"""Whose turn a case is, and what counts as work at hand. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.cases.definitions.work import Turn
from yiwang.capability.cases.rules.duties import Order
from yiwang.capability.cases.rules.sentences import DONE
from yiwang.kernel.actor import Role

#: What an officer of each role takes up; an approver, where there is no chain, also what is to be
#: taken in and examined.
TURNS: Final = {
    Role.WINDOW_CLERK: (Turn.WINDOW,),
    Role.HANDLER: (Turn.WINDOW, Turn.HANDLE),
    Role.REVIEWER: (Turn.REVIEW,),
    Role.APPROVER: (Turn.APPROVE,),
}
WITHOUT_CHAIN: Final = (Turn.WINDOW, Turn.HANDLE)
_IN_CHAIN: Final = {
    State.ACCEPTED: Turn.HANDLE,
    State.IN_REVIEW: Turn.REVIEW,
    State.FOR_APPROVAL: Turn.APPROVE,
}


def at_work(state: str, *, with_machine: bool, person_waits: bool) -> bool:
    """Is it somebody's work? Not while a rule decides or what it decided follows by itself."""
    return person_waits or (state not in DONE and not with_machine)


def turn_of(state: str, *, order: Order, person_waits: bool) -> Turn:
    """Whose step is next."""
    if person_waits:
        return Turn.APPROVE
    if state == State.RETURNED:
        return Turn.APPLICANT
    if state == State.SUSPENDED:
        return Turn.SPECIAL
    if state in (State.SUBMITTED, State.WITH_OFFICIAL):
        return Turn.WINDOW if order.at_window else Turn.HANDLE
    if state in _IN_CHAIN and not order.chained:
        return Turn.APPROVE
    return _IN_CHAIN.get(State(state), Turn.HANDLE)


def takes_up(roles: Collection[Role], turn: Turn, *, chained: bool) -> bool:
    """Is this step one for an officer with these roles?"""
    if not chained and Role.APPROVER in roles and turn in (*WITHOUT_CHAIN, Turn.APPROVE):
        return True
    return any(turn in TURNS.get(role, ()) for role in roles)
