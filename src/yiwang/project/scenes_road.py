"""Roads of the sample province, occupied and dug by real actions: one permit was prolonged, one changed and
then cancelled, one waits for other bodies, one came in this morning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from yiwang.capability import journey
from yiwang.capability.branches import queries as branches
from yiwang.capability.branches.definitions import Opinion
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseFilter, Outcome
from yiwang.capability.journey import together
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content
from yiwang.support.licences import queries as licences

ITEM: Final = "road-occupation"
RULES: Final = machine("rules")
HANDLER, REVIEWER, HEAD = "zhujian1", "zhujian2", "zhujian3"
_WHO: Final = {"contact_name": "现场负责人", "phone": "13900000012", "delivery": "electronic"}
_BUILDER: Final = "兰州示例供水工程有限公司"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: an official by user name on a day, and until when it has come."""

    official: Callable[[str, datetime], Actor]
    until: datetime

    def morning(self, days_ago: int) -> datetime:
        """Half past nine on a working day, so many working days before the end."""
        yesterday = legal_date(self.until) - timedelta(days=1)
        day = clock_queries.get_calendar().nth_working_day(1 - days_ago, after=yesterday)
        return datetime.combine(day, time(9, 30), SHANGHAI)


def play(applicants: Sequence[Actor], cast: Cast) -> int:
    """Each applicant's story, once; returns how many were played. Safe to run again."""
    played = 0
    for applicant, story in zip(applicants, (_prolonged, _cancelled, _waiting, _new), strict=True):
        if case_queries.list_cases(applicant, filter=CaseFilter(item_code=ITEM), limit=1).rows:
            continue
        story(applicant, cast)
        played += 1
    return played


def _prolonged(me: Actor, cast: Cast) -> None:
    at = cast.morning(21)
    first, last = legal_date(at) + timedelta(days=10), legal_date(cast.until) + timedelta(days=5)
    permit = _granted(cast, _dig(me, at, first, last), at)
    at = cast.morning(8)
    asked = {"act": "extend", "trees": "untouched"}
    more = {"earlier": permit, "ends_on": _iso(last + timedelta(days=20)), "why": "降雪停工五天"}
    _granted(cast, _hand_in(me, asked, {**asked, **more}, at), at)


def _cancelled(me: Actor, cast: Cast) -> None:
    at = cast.morning(28)
    first, last = legal_date(at) + timedelta(days=10), legal_date(cast.until) + timedelta(days=30)
    permit = _granted(cast, _occupy(me, at, first, last), at)
    at = cast.morning(18)
    asked = {"act": "change", "trees": "untouched"}
    more = {
        "earlier": permit, "road": "酒泉路", "place": "酒泉路 18 号至 20 号门前人行道", "area": 24,
        "why": "脚手架要多搭一跨", "builder": _BUILDER,
    }  # fmt: skip
    permit = _granted(cast, _hand_in(me, asked, {**asked, **more}, at), at)
    at = cast.morning(4)
    asked = {"act": "cancel"}
    more = {"earlier": permit, "why": "提前完工，现场已清理并通过验收"}
    _granted(cast, _hand_in(me, asked, {**asked, **more}, at), at)


def _waiting(me: Actor, cast: Cast) -> None:
    at = cast.morning(3)
    today = legal_date(cast.until)
    key = _dig(me, at, today + timedelta(days=20), today + timedelta(days=40), trees="touched")
    _accept(cast, key, at + timedelta(hours=2))


def _new(me: Actor, cast: Cast) -> None:
    today = legal_date(cast.until)
    _occupy(me, cast.morning(2), today + timedelta(days=15), today + timedelta(days=25))


def _dig(me: Actor, at: datetime, first: date, last: date, *, trees: str = "untouched") -> str:
    asked = {"act": "new", "way": "dig", "urgent": "planned", "age": "old", "trees": trees}
    more: dict[str, Any] = (
        {"trees_note": "移走行道树两棵，完工后补种"} if trees == "touched" else {}
    )
    more |= {
        "road": "静宁路", "place": "静宁路 42 号门前车行道", "area": 12.5, "purpose": "供水管道更换",
        "builder": _BUILDER, "starts_on": _iso(first), "ends_on": _iso(last),
    }  # fmt: skip
    return _hand_in(me, asked, {**asked, **more}, at)


def _occupy(me: Actor, at: datetime, first: date, last: date) -> str:
    asked = {"act": "new", "way": "occupy", "trees": "untouched"}
    more = {
        "road": "酒泉路", "place": "酒泉路 18 号门前人行道", "area": 16, "purpose": "外墙维修搭脚手架",
        "builder": _BUILDER, "starts_on": _iso(first), "ends_on": _iso(last),
    }  # fmt: skip
    return _hand_in(me, asked, {**asked, **more}, at)


def _hand_in(
    me: Actor, questions: Mapping[str, str], answers: Mapping[str, Any], at: datetime
) -> str:
    draft = journey.start(item_code=ITEM, actor=me, at=at, questions=questions)
    whole = {**answers, **_WHO}
    draft = journey.answer(
        draft_key=draft.key, answers=whole, version=draft.version, actor=me, at=at
    )
    for one in journey.list_required(draft):
        if one.source == "UPLOADED":
            stored = files.store(
                data=content(Kind.PDF), filename=f"{one.name[:20]}.pdf", actor=me, at=at
            )
            journey.upload_material(
                draft_key=draft.key, material=one.key, stored=stored, actor=me, at=at
            )
    receipt = journey.submit(
        draft_key=draft.key, idempotency_key=f"sample-{draft.key}", actor=me, at=at
    )
    journey.after_submission(case_key=receipt.case_key, actor=RULES, at=at + timedelta(seconds=1))
    return receipt.case_key


def _accept(cast: Cast, key: str, at: datetime) -> None:
    handler = cast.official(HANDLER, at)
    version = case_queries.get_case(key, handler, at=at).version
    journey.accept(case_key=key, version=version, actor=handler, at=at)


def _granted(cast: Cast, key: str, at: datetime) -> str:
    """Accepted, everybody asked agrees, signed three times; the number of the permit that holds."""
    at += timedelta(hours=2)
    _accept(cast, key, at)
    for user_name in ("jiaojing", "lvhua", "chengguan"):
        _agree(cast, key, user_name, at + timedelta(hours=3))
    for user_name, hours in ((HANDLER, 4), (REVIEWER, 5)):
        _forward(cast, key, user_name, at + timedelta(hours=hours))
    head, later = cast.official(HEAD, at), at + timedelta(hours=6)
    case = case_queries.get_case(key, head, at=later)
    case = journey.decide(
        case_key=key, version=case.version, outcome=Outcome.APPROVE, actor=head, at=later,
        reason="符合《城市道路管理条例》的规定，同意。",
    )  # fmt: skip
    made = case.result.reference if case.result else ""
    kind, _ = split(made)
    if kind != "licence":
        return ""
    found = licences.find_case_licence(case.reference, at=later)
    return found.identifier if found else ""


def _agree(cast: Cast, key: str, user_name: str, at: datetime) -> None:
    official = cast.official(user_name, at)
    for one in branches.list_case_branches(key, official, at=at):
        if one.department == official.grants[0].department:
            together.answer_branch(
                key=one.key, version=one.version, opinion=Opinion.AGREE, actor=official, at=at
            )


def _forward(cast: Cast, key: str, user_name: str, at: datetime) -> None:
    official = cast.official(user_name, at)
    version = case_queries.get_case(key, official, at=at).version
    journey.forward(
        case_key=key, version=version, proposal=Outcome.APPROVE, opinion="材料齐全，拟同意。",
        actor=official, at=at,
    )  # fmt: skip


def _iso(day: date) -> str:
    return day.isoformat()
