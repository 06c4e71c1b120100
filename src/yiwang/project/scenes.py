"""The cases of the sample province, a hundred and a few on roads, played by real actions in simulated time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, CaseView, Outcome
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.materials import actions as materials
from yiwang.capability.materials import queries as material_queries
from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import queries as library_queries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.references import reference
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.project import scenes_road
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity.definitions import AccountKind

ALLOWANCE: Final = "elderly-allowance"
BUSINESS: Final = "individual-business"
RULES: Final = machine("rules")
ELDERS: Final = 60
TRADERS: Final = 40
#: From this scene on everything plays in the last days, and half of it wants a person: the desk's
#: visitor finds a morning's work.
LATE: Final = 78
QUIET_DAYS: Final = 3
_QUESTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    ALLOWANCE: {"who": "self", "account": "social-card"},
    BUSINESS: {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"},
}
_TRADE_NAMES: Final = ("福来日用百货店", "顺心水果店", "雁南理发店", "静宁路五金店", "黄河边书店")


@dataclass(frozen=True, slots=True)
class Stage:
    """What every scene needs: where in time it plays, and until when officials are at work."""

    first_seed: int
    began: datetime
    until: datetime

    def moment(self, number: int) -> datetime:
        """Scene ``number`` of a hundred: spread over the days, between 8:30 and 17:30, never to come."""
        if number < LATE:
            span = self.until - self.began - timedelta(days=QUIET_DAYS + 1)
            day = legal_date(self.began + span / LATE * number)
        else:
            quiet = timedelta(days=QUIET_DAYS) / (ELDERS + TRADERS - LATE)
            day = legal_date(self.until - timedelta(days=QUIET_DAYS) + quiet * (number - LATE - 1))
        minutes = 510 + number * 37 % 540
        at = datetime.combine(day, time(minutes // 60, minutes % 60), SHANGHAI)
        return at if at < self.until - timedelta(hours=1) else at - timedelta(days=1)

    def working_morning(self, days: int, *, after: datetime) -> datetime:
        """Half past nine on the ``days``-th working day later."""
        day = clock_queries.get_calendar().nth_working_day(days, after=legal_date(after))
        return datetime.combine(day, time(9, 30), SHANGHAI)

    def at_work(self, at: datetime) -> bool:
        return at < self.until - timedelta(days=QUIET_DAYS)


def play(*, first_seed: int, began: datetime, until: datetime) -> int:
    """Every scene that was not played yet; returns how many were. Safe to run again."""
    stage = Stage(first_seed, began, until)
    played = 0
    for number in range(ELDERS + TRADERS):
        # Traders and elders alternate, so that every week has both.
        trader = number % 5 in (1, 3)
        index = (
            number // 5 * 2 + (number % 5 == 3)
            if trader
            else number // 5 * 3 + (0, 0, 1, 1, 2)[number % 5]
        )
        actor = _person(first_seed + (ELDERS if trader else 0) + index)
        item = BUSINESS if trader else ALLOWANCE
        if case_queries.list_cases(actor, filter=CaseFilter(item_code=item), limit=1).rows:
            continue
        wants_person = number >= LATE and number % 2 == 0
        if trader:
            _trader(stage, index, 5 if wants_person else index % 8, actor, stage.moment(number))
        else:
            _elder(stage, index, 8 if wants_person else index % 10, actor, stage.moment(number))
        played += 1
    road = tuple(_person(first_seed + ELDERS + number) for number in range(4))
    return played + scenes_road.play(road, scenes_road.Cast(_official, until))


def _person(seed: int) -> Actor:
    person = library_queries.get_person(reference("person", people.key_of("person", seed)))
    return Actor(
        kind=ActorKind.PERSON,
        reference=person.reference,
        display_name=person.name_masked,
        assurance_level=4,
    )


def _official(user_name: str, at: datetime) -> Actor:
    account = identity_queries.find_account_by_user_name(user_name, AccountKind.OFFICIAL)
    if account is None:
        raise LookupError(user_name)
    return identity_queries.get_actor(account.key, at=at)


def _elder(stage: Stage, index: int, kind: int, actor: Actor, at: datetime) -> None:
    if kind == 9:
        libraries.report_allowance(
            person=actor.reference,
            kind="高龄津贴",
            division_code="620103000000",
            since=legal_date(stage.began) - timedelta(days=700),
        )
    case_key = _hand_in(ALLOWANCE, _allowance_answers(actor), actor, at, by_person=kind == 8)
    if kind < 8:
        _review(index, case_key, actor, at + timedelta(minutes=20))
        return
    morning = stage.working_morning(1, after=at)
    if not stage.at_work(morning):
        return
    if kind == 9:
        reason = "登记信息显示您已在七里河区领取高龄津贴，同一项津贴不能重复领取。如已停领，请带停领证明重新申请。"
        _decide("minzheng", case_key, Outcome.REJECT, reason, morning)
    else:
        _decide(
            "minzheng2", case_key, Outcome.APPROVE, "经核对登记信息，符合领取条件，同意。", morning
        )
        _review(index, case_key, actor, morning + timedelta(hours=2))


def _trader(stage: Stage, index: int, kind: int, actor: Actor, at: datetime) -> None:
    answers = _business_answers(index, actor, listed=kind not in (5, 6, 7))
    case_key = _hand_in(BUSINESS, answers, actor, at)
    if kind < 5:
        _review(index, case_key, actor, at + timedelta(minutes=15))
        return
    morning = stage.working_morning(1, after=at)
    if not stage.at_work(morning):
        return
    if kind == 6:
        _hand_back("shichang", case_key, morning)
    elif kind == 7 and index % 16 == 7:
        case = case_queries.get_case(case_key, actor, at=at)
        journey.withdraw(
            case_key=case_key, version=case.version, actor=actor, at=at + timedelta(hours=3)
        )
    else:
        _decide(
            "shichang2",
            case_key,
            Outcome.APPROVE,
            "申请材料齐全，符合法定形式，准予登记。",
            morning,
        )
        _review(index, case_key, actor, morning + timedelta(hours=4))


def _hand_in(
    item: str, answers: Mapping[str, Any], actor: Actor, at: datetime, *, by_person: bool = False
) -> str:
    draft = journey.start(
        item_code=item, actor=actor, at=at - timedelta(minutes=9), questions=_QUESTIONS[item]
    )
    draft = journey.answer(
        draft_key=draft.key,
        answers=answers,
        version=draft.version,
        actor=actor,
        at=at - timedelta(minutes=1),
    )
    _fetch_materials(draft.key, item, actor, at)
    receipt = journey.submit(
        draft_key=draft.key,
        idempotency_key=f"sample-{draft.key}",
        actor=actor,
        at=at,
        by_person=by_person,
    )
    journey.after_submission(case_key=receipt.case_key, actor=RULES, at=at + timedelta(seconds=1))
    return receipt.case_key


def _fetch_materials(draft_key: str, item: str, actor: Actor, at: datetime) -> None:
    """As the materials page does: registers are asked first, what they said is kept after."""
    version = catalogue.get_item(item, on=legal_date(at))
    required = catalogue.narrow(version.item, _QUESTIONS[item]).materials
    subject = reference("draft", draft_key)
    fetched = material_queries.fetch(
        required=required, applicant=actor.applicant, subject=subject, item=item, at=at
    )
    fetched = materials.store_fetched(fetched, actor=actor, at=at)
    with transaction.atomic():
        materials.keep_fetched(
            subject=subject, required=required, fetched=fetched, actor=actor, at=at
        )


def _allowance_answers(actor: Actor) -> dict[str, Any]:
    return {
        "by_relative": False,
        "name": library_queries.get_person(actor.reference).name,
        "citizen_id": library_queries.find_citizen_id(actor.reference),
        "phone": library_queries.find_phone(actor.reference),
        "account_kind": "social-card",
        "account": library_queries.find_bank_account(actor.reference),
    }


def _business_answers(index: int, actor: Actor, *, listed: bool) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "operator_kind": "mainland",
        "name": library_queries.get_person(actor.reference).name,
        "citizen_id": library_queries.find_citizen_id(actor.reference),
        "phone": library_queries.find_phone(actor.reference),
        "domicile": f"甘肃省兰州市城关区示例路 {index + 101} 号",
        "by_family": False,
        "has_name": True,
        "trade_name": f"兰州市城关区{_TRADE_NAMES[index % 5][:-1]}{index + 1}号店",
        "place_kind": "shop",
        "place_division": "620102001000",
        "place_address": f"张掖路街道示例路 {index + 11} 号",
        "place_proof": "declaration",
        "industry": "5211",
        "scope_listed": listed,
        "delivery": "electronic",
    }
    extra = (
        {"scope": ["daily-goods", "fruit"]}
        if listed
        else {"scope_free": "手工剪纸制作和销售", "approval": "none"}
    )
    return answers | extra


def _as_official(
    user_name: str, case_key: str, at: datetime, act: Callable[[CaseView, Actor], object]
) -> None:
    official = _official(user_name, at)
    act(case_queries.get_case(case_key, official, at=at), official)


def _decide(user_name: str, case_key: str, outcome: Outcome, reason: str, at: datetime) -> None:
    def accept_then_decide(case: CaseView, official: Actor) -> None:
        if any(act.name == "accept" for act in case.acts):
            case = journey.accept(case_key=case_key, version=case.version, actor=official, at=at)
        journey.decide(
            case_key=case_key,
            version=case.version,
            outcome=outcome,
            reason=reason,
            actor=official,
            at=at + timedelta(minutes=25),
        )

    _as_official(user_name, case_key, at, accept_then_decide)


def _hand_back(user_name: str, case_key: str, at: datetime) -> None:
    problems = ("经营范围请照常用清单选，清单里没有的写清楚做法和卖什么", "经营场所请写到门牌号")
    _as_official(
        user_name,
        case_key,
        at,
        lambda case, official: journey.hand_back(
            case_key=case_key, version=case.version, problems=problems, actor=official, at=at
        ),
    )


def _review(index: int, case_key: str, actor: Actor, at: datetime) -> None:
    """Two of three people say something; one in twenty is not content."""
    if index % 3 == 2:
        return
    level = 4 if index % 20 == 10 else 1 + (index % 7 == 3)
    text = "写完后等了一会儿才看到结果，希望说明白要等多久。" if level == 4 else ""
    journey.review(
        case_key=case_key, handling="", level=level, actor=actor, at=at, text=text, channel="WEB"
    )
