"""Permits of the sample province, played by real actions: a canteen visited and licensed, a restaurant with
a paper that comes late, a hotel that opens on a promise which is still to be checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, Outcome
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.journey import sample, together
from yiwang.capability.visits import queries as visit_queries
from yiwang.capability.visits.definitions import Answer, Finding, Record, Result
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.moments import SHANGHAI, add_months, legal_date
from yiwang.kernel.references import reference
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.project import department_messages
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.licences import actions as licence_actions
from yiwang.support.licences import queries as licences

#: Organizations of the cast by seed.
HOTEL, RESTAURANT = 3, 4
_FOOD: Final = {"act": "new", "kind": "catering", "raw": "no-raw", "place": "shop"}
_FIRE: Final = {"road": "promise", "kind": "listed", "size": "large", "system": "simple"}


def play(*, until: datetime) -> int:
    """Every scene that was not played yet; returns how many were. Safe to run again."""
    scenes: Sequence[tuple[int, str, Callable[[Actor, datetime], None]]] = (
        (HOTEL, sample.FOOD, _canteen),
        (HOTEL, sample.FIRE, _promise),
        (RESTAURANT, sample.FOOD, _waiting),
    )
    with transaction.atomic():
        department_messages.declare(at=until)
    played = 0
    for seed, item, scene in scenes:
        firm = _firm(seed)
        if case_queries.list_cases(firm, filter=CaseFilter(item_code=item), limit=1).rows:
            continue
        scene(firm, until)
        played += 1
    return played + _inherited(_firm(RESTAURANT), until)


@transaction.atomic
def _inherited(firm: Actor, until: datetime) -> int:
    """A licence from before this platform, in the register since; it ends in two months."""
    if licences.list_held(holder=firm.applicant, template="food-business-licence", at=until):
        return 0
    item = catalogue.get_content(sample.FOOD, catalogue.get_item(sample.FOOD).version)
    until_day = legal_date(until) + timedelta(days=60)
    first = add_months(until_day, -60)
    licence_actions.issue(
        case=reference("case", people.key_of("food/inherited", RESTAURANT)),
        template="food-business-licence", holder=firm.applicant,
        holder_name=libraries.get_name(firm.applicant),
        values={
            "operator": libraries.get_name(firm.applicant), "in_charge": "罗文博",
            "place": "示例路 8 号（老店）", "kind": "餐饮服务", "scope": "热菜、面食等热食",
            "issued_on": first.isoformat(),
        },
        valid_from=first, valid_until=until_day, at=until, actor=machine("register"),
        issuer=item.department, issuer_name=item.department_name,
        division_code=item.division_code, item_code=item.code,
    )  # fmt: skip
    return 1


def _canteen(firm: Actor, until: datetime) -> None:
    """Looked at by two, licensed by the third."""
    answers = sample.food_answers(kind="canteen", seats=120, area=260, in_charge="罗文博")
    day = _morning(until, 14)
    case = sample.applied(
        sample.FOOD, firm, answers, at=day, questions={**_FOOD, "kind": "canteen"}
    ).case_key
    _accept(case, day + timedelta(hours=2))
    _visit(case, day + timedelta(hours=5), done=True)
    decided = _morning(until, 12)
    for who in ("shihe1", "shihe2"):
        journey.forward(
            case_key=case, version=_version(case), proposal=Outcome.APPROVE,
            opinion="现场符合要求，拟同意。", actor=_official(who, decided), at=decided,
        )  # fmt: skip
    journey.decide(
        case_key=case, version=_version(case), outcome=Outcome.APPROVE,
        reason="符合食品安全法第三十三条的要求，准予许可。", actor=_official("shichang", decided),
        at=decided,
    )  # fmt: skip


def _waiting(firm: Actor, until: datetime) -> None:
    """Accepted with a gap; the visit is planned."""
    day = _morning(until, 3)
    case = sample.applied(
        sample.FOOD, firm, sample.food_answers(), at=day, questions=_FOOD, late=("rules",)
    ).case_key
    _accept(case, day + timedelta(hours=3))
    _visit(case, day + timedelta(hours=4), done=False)


def _promise(firm: Actor, until: datetime) -> None:
    """Permitted at once; the fire brigade has not been there yet."""
    answers = sample.fire_answers(place_name="示例宾馆", place_use="hotel", area=2600)
    sample.applied(sample.FIRE, firm, answers, at=_morning(until, 6), questions=_FIRE)


def _accept(case: str, at: datetime) -> None:
    journey.accept(case_key=case, version=_version(case), actor=_official("shihe1", at), at=at)


def _visit(case: str, at: datetime, *, done: bool) -> None:
    officers = [_official(name, at) for name in ("shihe1", "shihe2")]
    [visit] = visit_queries.list_case_visits(case, officers[0], at=at)
    planned = together.plan_visit(
        key=visit.key, version=visit.version, planned_at=at + timedelta(days=0 if done else 1),
        place="示例路 12 号", officers=[one.reference for one in officers], actor=officers[0], at=at,
    )  # fmt: skip
    if not done:
        return
    answers = {point.key: Answer(Finding.MEETS) for point in planned.points}
    kept = together.record_visit(
        key=visit.key, version=planned.version, record=Record(answers, result=Result.CONFORMS),
        sign=True, actor=officers[0], at=at,
    )  # fmt: skip
    together.sign_visit(key=visit.key, version=kept.version, actor=officers[1], at=at)


def _firm(seed: int) -> Actor:
    body = libraries.get_organization(
        reference("organization", people.key_of("organization", seed))
    )
    person = body.legal_representative or ""
    return Actor(
        ActorKind.PERSON, person, display_name=libraries.get_person(person).name_masked,
        on_behalf_of=body.reference, assurance_level=4,
    )  # fmt: skip


def _official(user_name: str, at: datetime) -> Actor:
    account = identity.find_account_by_user_name(user_name, AccountKind.OFFICIAL)
    if account is None:
        raise LookupError(user_name)
    return identity.get_actor(account.key, at=at)


def _version(case: str) -> int:
    return case_queries.get_inside(case).version


def _morning(until: datetime, days: int) -> datetime:
    """Nine o'clock, so many working days before the end."""
    yesterday = legal_date(until) - timedelta(days=1)
    day = clock_queries.get_calendar().nth_working_day(1 - days, after=yesterday)
    return datetime.combine(day, time(9), SHANGHAI)
