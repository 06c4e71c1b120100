"""``yiwang rights sweep``: call every route as every kind of visitor on every kind of object.

What should happen follows from the route's declared policy and, independently of the code under
test, from who owns the object. Prints the leaks and ``N passed, N failed``. Nothing it makes stays.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from zlib import crc32

from django.http import HttpResponse

from yiwang.entrance.shell.access import Door
from yiwang.kernel import moments
from yiwang.project.sweep import calls, objects, routes, visitors
from yiwang.project.sweep.definitions import Estate, Finding, Report, Route, Scene, Thing, Visitor

FEWEST_PAIRS = 5_000


def main(arguments: list[str]) -> int:
    """``yiwang rights sweep [part of an address]``; 1 when something leaked or too little was tried."""
    if not arguments or arguments[0] != "sweep" or len(arguments) > 2:
        print("用法：yiwang rights sweep [地址的一部分]", file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)
    only = arguments[1] if len(arguments) > 1 else ""
    with calls.undone():
        report = sweep(prepare(at=moments.now()), only=only)
    for finding in report.findings:
        print(finding)
    if not only and report.pairs < FEWEST_PAIRS:
        print(f"只检查了 {report.pairs} 对，至少应有 {FEWEST_PAIRS} 对")
        report.findings.append(Finding("全部", "", "", "检查太少"))
    print(f"{report.passed} passed, {len(report.findings)} failed")
    return 1 if report.findings else 0


def prepare(*, at: datetime) -> Scene:
    """Who comes and what there is to see, in the caller's transaction, which takes it back."""
    objects.prepare_shelf(at=at)
    cast = visitors.gather(at=at)
    estates = tuple(
        objects.make_estate(owner=owner, department=cast.department, at=at)
        for owner in (cast.owner, cast.firm)
    )
    return Scene(cast.visitors, estates)


def sweep(
    scene: Scene,
    *,
    only: str = "",
    urlconf: str | None = None,
    one_in: int = 1,
    part: int = 0,
    parts: int = 1,
) -> Report:
    """Try all pairs; what a call changes is taken back.

    ``one_in``: of those the door sends away, every so many-th visitor, other ones at each route.
    Who may come in, and everybody for whom it depends on the object, is tried in any case.
    ``part`` of so many ``parts``: those routes alone, for processes that share the work.
    """
    report = Report()
    wanted = [route for route in routes.list_routes(urlconf) if only in route.template]
    with calls.standing():
        for route in (r for r in wanted if crc32(r.template.encode()) % parts == part):
            comers = [v for v in scene.visitors if one_in == 1 or _comes(route, v, one_in)]
            for finding in _try_route(route, comers, scene.estates):
                if finding is None:
                    report.passed += 1
                else:
                    report.findings.append(finding)
    return report


def _comes(route: Route, visitor: Visitor, one_in: int) -> bool:
    sent_away = route.policy is not None and route.policy.refusal(visitor.actor) is not None
    return not sent_away or crc32(f"{route.name} {visitor.name}".encode()) % one_in == 0


def _try_route(
    route: Route, visitors_: Sequence[Visitor], estates: tuple[Estate, ...]
) -> Iterator[Finding | None]:
    """One result per pair: None when it went as declared."""
    if route.policy is None:
        yield Finding(route.name, "", "", "没有声明谁可以进入")
        return
    opens = [p for p in route.parameters if objects.kind_of(route.template, p)]
    for number, estate in enumerate(estates if opens else (None,)):
        address = _address(route, estate)
        if address is None:
            yield Finding(route.name, "", "", "没有可用来检查的示例对象")
            return
        yield from _try_address(route, address, estate, visitors_, estates)
        # Whom the door sends away never comes to an object: one owner's are enough for him.
        if number == 0:
            visitors_ = [v for v in visitors_ if route.policy.refusal(v.actor) is None]


def _address(route: Route, estate: Estate | None, key: str = "") -> str | None:
    """The route's address with this estate's keys (or ``key`` for all of them); None if one lacks."""
    values = {}
    for parameter in route.parameters:
        kind = objects.kind_of(route.template, parameter)
        if kind is not None and estate is not None:
            thing = estate.things.get(kind)
            value = key or (thing.key if thing else None)
        else:
            value = objects.value_of(route.template, parameter)
        if value is None:
            return None
        values[parameter] = value
    return route.template.format(**values) + objects.SWEEP_QUERIES.get(route.template, "")


def _try_address(
    route: Route,
    address: str,
    estate: Estate | None,
    visitors_: Sequence[Visitor],
    estates: tuple[Estate, ...],
) -> Iterator[Finding | None]:
    if estate is None and route.policy is not None and route.policy.door is Door.ANYONE:
        visitors_ = [visitor for visitor in visitors_ if visitor.also_on_public_pages]
    outcomes = _outcomes(route, address, estate, visitors_)
    absent = _is_absent_for_all(route, estate, outcomes)
    for visitor, response in outcomes:
        if response.status_code == 405:
            continue
        if absent:
            yield None
            continue
        fault = _judge(route, estate, visitor, response)
        fault = fault or calls.shown_without_right(
            response, visitor.actor, estates, tuple(t.key for t in _asked(route, estate))
        )
        owner = estate.owner if estate else ""
        yield Finding(route.name, visitor.name, owner, fault) if fault else None


def _outcomes(
    route: Route, address: str, estate: Estate | None, visitors_: Sequence[Visitor]
) -> list[tuple[Visitor, HttpResponse]]:
    """Who may come in is called first: a method not offered to them is offered to nobody, and the
    others need not be called. Of those who may not, the first person with a session sees the page of
    the refusal, the others are answered in JSON: drawing the same page for each is most of the work."""
    entitled = [visitor for visitor in visitors_ if _may(route, estate, visitor)]
    outcomes = [(visitor, calls.call(route, address, visitor)) for visitor in entitled]
    if outcomes and all(response.status_code == 405 for _, response in outcomes):
        return []
    others = [visitor for visitor in visitors_ if visitor not in entitled]
    shown = next((visitor for visitor in others if visitor.cookie), None)
    return outcomes + [
        (visitor, calls.call(route, address, visitor, briefly=visitor is not shown))
        for visitor in others
    ]


def _asked(route: Route, estate: Estate | None) -> list[Thing]:
    kinds = [objects.kind_of(route.template, p) for p in route.parameters]
    return [estate.things[k] for k in kinds if estate and k and k in estate.things]


def _may(route: Route, estate: Estate | None, visitor: Visitor) -> bool:
    """Declared policy, and the first (outermost) object of the address."""
    if route.policy is None or route.policy.refusal(visitor.actor) is not None:
        return False
    power, needs = visitor.actor.mandate, objects.NEEDS.get(route.template)
    if power is not None and needs is not None and not power.allows(needs):
        return False
    asked = _asked(route, estate)
    return not asked or asked[0].may_be_seen_by(visitor.actor)


def _is_absent_for_all(
    route: Route, estate: Estate | None, outcomes: Sequence[tuple[Visitor, HttpResponse]]
) -> bool:
    """A public page about something not named or not here: the same answer for everybody."""
    public = route.policy is not None and route.policy.door is Door.ANYONE and estate is None
    codes = {response.status_code for _, response in outcomes}
    return public and len(codes) == 1 and codes <= {400, 404, 422}


def _judge(route: Route, estate: Estate | None, visitor: Visitor, response: HttpResponse) -> str:
    if _may(route, estate, visitor):
        of_nothing = route.template in objects.ONLY_IN_A_STATE or any(
            objects.value_of(route.template, p) == objects.ABSENT for p in route.parameters
        )
        return calls.fault_of_allowed(route, response, of_nothing=of_nothing)
    elsewhere = None
    if not calls.says_no(response) and estate is not None:
        nowhere = _address(route, estate, calls.NO_SUCH_KEY)
        elsewhere = calls.call(route, nowhere, visitor, briefly=True) if nowhere else None
    return calls.fault_of_denied(response, elsewhere)
