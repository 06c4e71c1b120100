"""离岗交接: an official leaves; nothing he was to do stays without somebody to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.visits import actions as visits
from yiwang.capability.visits import queries as visit_queries
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity.definitions import Colleague


class NeedsTaker(Refusal):
    """There is open work, or an office would stand empty."""

    sentence = "手里还有没办完的工作，不能离岗。"
    remedy = "请选一位同一单位、有办件角色的同事接手。"


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What an official still has in hand, and who could take it over."""

    cases: int
    visits: int
    takers: tuple[Colleague, ...]

    @property
    def number(self) -> int:
        return self.cases + self.visits


def find_open_work(account: str, *, actor: Actor, at: datetime) -> OpenWork:
    """For the administrator of his place; ``NotFound``, ``NotAllowed``."""
    identity.insist_may_let_go(actor, account, at)
    leaving = identity_queries.get_account(account).subject
    return OpenWork(
        case_queries.count_held_by(leaving),
        visit_queries.count_planned_with(leaving),
        _takers(account, leaving, at),
    )


@transaction.atomic
def let_go(*, account: str, taker: str, actor: Actor, at: datetime) -> OpenWork:
    """Hand over every open case and planned visit to ``taker`` (a reference; "" for nobody), then end
    the leaving official's roles, stand-ins and account.

    Refusals: ``NeedsTaker`` (open work and nobody named, or the last with his office where cases are
    open), ``InvalidInput`` (the taker has no office there, or goes on the visit already),
    ``NotFound``, ``NotAllowed``.
    """
    work = find_open_work(account, actor=actor, at=at)
    leaving = identity_queries.get_account(account).subject
    names = {one.reference for one in work.takers}
    if taker and taker not in names:
        wrong = FieldProblem("taker", "这位同事在那里没有办件的角色。", "请换一位。")
        raise InvalidInput(fields=[wrong])
    if work.number and not taker:
        raise NeedsTaker(f"手里还有 {work.cases} 件办件、{work.visits} 次核查没有办完，不能离岗。")
    empty = _offices_left_empty(account, leaving, at)
    if empty:
        raise NeedsTaker(
            f"{'、'.join(empty)}只有这一位，还有办件没有办完。", "请先给接手的人授权。"
        )
    if taker:
        cases.hand_over(official=leaving, taker=taker, actor=actor, at=at)
        visits.hand_over(official=leaving, taker=taker, actor=actor, at=at)
    identity.let_go(account=account, actor=actor, at=at)
    return work


def _takers(account: str, leaving: str, at: datetime) -> tuple[Colleague, ...]:
    """Colleagues who hold a case role wherever the leaving official holds one."""
    found: dict[str, Colleague] = {}
    common: set[str] | None = None
    for division, department in _places(account, at):
        here = identity_queries.list_colleagues(
            division_code=division, department=department, roles=CASE_STAFF, at=at
        )
        found |= {one.reference: one for one in here}
        names = {one.reference for one in here}
        common = names if common is None else common & names
    return tuple(found[who] for who in found if common and who in common and who != leaving)


def _places(account: str, at: datetime) -> Sequence[tuple[str, str]]:
    own = identity_queries.get_account(account).department or ""
    grants = identity_queries.get_actor(account, at=at).grants
    places = {(g.division_code, g.department or own) for g in grants if g.role in CASE_STAFF}
    return sorted(places)


def _offices_left_empty(account: str, leaving: str, at: datetime) -> list[str]:
    """Labels of the roles nobody else of the body holds while it has open cases."""
    own = identity_queries.get_account(account).department or ""
    empty = []
    for grant in identity_queries.get_actor(account, at=at).grants:
        body = grant.department or own
        if grant.role not in CASE_STAFF:
            continue
        others = identity_queries.list_colleagues(
            division_code=grant.division_code, department=body, roles=(grant.role,), at=at
        )
        if any(one.reference != leaving for one in others):
            continue
        if case_queries.has_open_work(department=body, division_code=grant.division_code):
            empty.append(identity_queries.label_of(grant.role))
    return sorted(set(empty))
