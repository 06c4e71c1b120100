"""One case lived through the journey, each of its limits kept a second time by hand.

The oracle knows nothing of the product's clocks: it notes when each limit began, what stood outside
it and how it ended, and walks day by day over ``chinese_calendar``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import chinese_calendar

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.kernel.references import new_key
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as directory
from yiwang.support.licences import sample as licences

ONE = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CLOCK = machine("clock")
#: Decided from the day of acceptance; everything else from the day of receipt.
LICENCES = ("LICENCE", "COMMITMENT")
RENEWAL = "RENEWAL"
EXTENSION = 10


@dataclass
class Limit:
    """One limit as a person would note it on paper."""

    began: date
    days: int
    outside: list[list[date | None]] = field(default_factory=list)
    ended: date | None = None

    @property
    def stands(self) -> bool:
        return bool(self.outside) and self.outside[-1][1] is None

    def stand_still(self, on: date) -> None:
        self.outside.append([on, None])

    def go_on(self, on: date) -> None:
        self.outside[-1][1] = on

    def last_day(self, today: date) -> date:
        """Day after day; a stretch outside counts from the day after it began to the day it ended."""
        until = self.ended or today
        off = {
            begins + n * ONE
            for begins, ends in self.outside
            for n in range(1, ((ends or until) - begins).days + 1)
        }
        day, left = self.began, self.days
        while left:
            day += ONE
            left -= chinese_calendar.is_workday(day) and day not in off
        return day

    def over_at(self, today: date) -> datetime:
        """The first moment after the last day."""
        after = self.last_day(today) + ONE
        return datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Place:
    """A published item with those who live its cases. ``kind``: a profile, or ``RENEWAL``."""

    kind: str
    item: Item
    me: Actor
    official: Actor
    head: Actor

    @property
    def licence(self) -> bool:
        return self.kind in (*LICENCES, RENEWAL)


#: The last day (exclusive) of the licence that is to be renewed.
OLD_TERM = date(2026, 5, 11)


def place(kind: str, at: datetime) -> Place:
    """The plain item under one procedure, offering everything that moves a clock."""
    directory.load_chengguan()
    profile = "LICENCE" if kind == RENEWAL else kind
    given: dict[str, Any] = {}
    if kind != "FILING":
        given["extension"] = {"amount": EXTENSION, "basis": "行政许可法 第四十二条"}
    given["delivery"] = {"within": {"amount": 10}, "chosen": "answer:delivery"}
    if profile == "LICENCE":
        given["special_procedures"] = ["HEARING", "EXPERT_REVIEW"]
    if kind == RENEWAL:
        given["silence"] = "RENEWED"
        renew = {"effect": "RENEW", "ask_before": {"amount": 30}, "basis": "行政许可法 第五十条"}
        given["earlier"] = {"licence": "answer:old_licence", "acts": [renew]}
    item = sample.publish_plain(
        at=at, profile=profile, code=kind.lower().replace("_", "-"), **given
    )
    me = sample.citizen(libraries.register_person(5, at=at, born_on=date(1980, 1, 1)))
    return Place(kind, item, me, sample.official(item), sample.official(item, Role.HEAD, "head"))


def old_licence(place: Place, at: datetime) -> str:
    """The number of a licence that ends with the old term."""
    old = licences.issue(
        case=f"case:{new_key()}", at=at, actor=CLOCK, holder=place.me.reference,
        valid_from=OLD_TERM.replace(year=OLD_TERM.year - 1), valid_until=OLD_TERM,
    )  # fmt: skip
    return old.identifier


class Life:
    """One case through all that moves clocks. ``endings``: how which limit ended, and how it moved."""

    def __init__(self, place: Place, at: datetime) -> None:
        self.place, self.now = place, at
        answers = {"delivery": "window"}
        if place.kind == RENEWAL:
            answers["old_licence"] = old_licence(place, at)
        receipt = sample.handed_in(place.me, at=at, code=place.item.code, **answers)
        self.key = receipt.case_key
        begun = {"accept": 5} if place.licence else {"decide": 20}
        self.limits = {kind: Limit(self.today, amount) for kind, amount in begun.items()}
        self.since = self.today  # from when silence would accept it
        self.missing = False
        self.endings: set[tuple[str, str]] = set()
        self.check()

    # what is known

    @property
    def today(self) -> date:
        return legal_date(self.now)

    def view(self, actor: Actor | None = None) -> CaseView:
        return cases.get_case(self.key, actor or self.place.official, at=self.now)

    def may(self, act: str) -> bool:
        by = {"supply_correction": self.place.me, "withdraw": self.place.me}
        by |= dict.fromkeys(("grant_extension", "reopen", "revoke"), self.place.head)
        return act in {one.name for one in self.view(by.get(act)).acts}

    def check(self) -> None:
        """Every clock of the case says what stands on paper, and there is no other."""
        shown = {clock.kind: clock for clock in self.view().clocks}
        assert set(shown) == set(self.limits)
        for kind, limit in self.limits.items():
            clock = shown[kind]
            assert clock.started_on == limit.began, kind
            assert clock.stopped_on == limit.ended, kind
            assert clock.paused == (limit.stands and limit.ended is None), kind
            assert clock.due_on == limit.last_day(self.today), kind

    def take(self, verb: Callable[..., object], actor: Actor | None = None, **more: object) -> None:
        verb(
            case_key=self.key, version=self.view(actor).version,
            actor=actor or self.place.official, at=self.now, **more,
        )  # fmt: skip

    def end(self, how: str, *kinds: str) -> None:
        for kind in kinds or tuple(self.limits):
            one = self.limits.get(kind)
            if one and one.ended is None:
                late = "late " if self.now >= one.over_at(self.today) and not one.stands else ""
                self.endings.add((kind, late + how))
                one.ended = self.today
                if one.stands:
                    one.go_on(self.today)

    def begin(self, kind: str, days: int, *, on: date | None = None, why: str = "") -> None:
        self.endings.add((kind, f"begun {why}".strip()))
        self.limits[kind] = Limit(on or self.today, days)

    # time

    def hours(self, number: int) -> None:
        """The clock's round comes when it comes; what fell due meanwhile happens then."""
        self.now += timedelta(hours=number)
        self.round()

    def days(self, number: int) -> None:
        self.hours(24 * number)

    def last_minute(self, kind: str) -> None:
        """To the last minute of a limit: nothing is over yet."""
        self.now = self.limits[kind].over_at(self.today) - MINUTE
        self.round()

    def minute(self) -> None:
        self.now += MINUTE
        self.round()

    def unseen(self, number: int) -> None:
        """Days go by in which no round comes."""
        self.now += number * ONE

    def round(self) -> None:
        """The clock's own round, then everybody who listens; and what it does, on paper."""
        clocks.warn(at=self.now, actor=CLOCK)
        journal.seal(at=self.now)
        journal.run_listeners(at=self.now)
        if self._over("supply"):
            self.end("never came", "supply")
            if self.place.licence:
                self.begin("accept", 5, why="when nothing came")
            else:
                self.limits["decide"].go_on(self.today)
                self.endings.add(("decide", "went on when nothing came"))
        elif self._over("accept") and not self.missing:
            self.accepted_by_silence("silence")
        if self.place.kind == RENEWAL:
            journey.renew_by_silence(at=self.now, actor=CLOCK)
            ended = datetime(OLD_TERM.year, OLD_TERM.month, OLD_TERM.day, tzinfo=SHANGHAI)
            if self.now >= ended and not self.missing and "deliver" not in self.limits:
                self.end("renewed by silence")
                self.begin("deliver", 10, on=OLD_TERM, why="by renewal")

    def accepted_by_silence(self, how: str) -> None:
        self.end(how, "accept")
        self.begin("decide", 20, on=self.since, why="by silence")

    def _over(self, kind: str) -> bool:
        one = self.limits.get(kind)
        return one is not None and one.ended is None and self.now >= one.over_at(self.today)

    # acts

    def accept(self) -> None:
        self.take(journey.accept)
        self.end("accepted", "accept")
        if self.place.licence:
            self.begin("decide", 20)

    def tell(self) -> None:
        self.take(journey.return_for_correction, problems=["缺图"])
        self.missing = True
        self.end("told", "accept")
        if not self.place.licence:
            self.limits["decide"].stand_still(self.today)
        self.begin("supply", 15)

    def supply(self) -> None:
        late = self.limits["supply"].ended is not None
        self.take(journey.supply_correction, self.place.me, answers={"subject": "补"})
        self.missing, self.since = False, self.today
        why = "supplied late" if late else "supplied"
        if self.place.licence:
            self.begin("accept", 5, why=why)
        elif self.limits["decide"].stands:
            self.limits["decide"].go_on(self.today)
            self.endings.add(("decide", f"went on {why}"))
        self.end("supplied", "supply")

    def hear(self, kind: str = "HEARING") -> None:
        stood = self.limits["decide"].stands
        self.take(
            journey.begin_special, kind=kind, reason="相邻权", expected_on=self.today + 9 * ONE
        )
        if not stood:
            self.limits["decide"].stand_still(self.today)
        self.endings.add(("decide", "stood twice over" if stood else "stood"))

    def end_hearing(self, kind: str = "HEARING") -> None:
        self.take(journey.end_special, kind=kind, finding="无异议")
        if self.view().state != "SUSPENDED":
            self.limits["decide"].go_on(self.today)
            self.endings.add(("decide", "went on heard"))

    def more_time(self) -> None:
        self.take(journey.ask_extension, reason="复杂")
        self.take(journey.grant_extension, self.place.head)
        self.limits["decide"].days += EXTENSION
        self.endings.add(("decide", "extended"))

    def decide(self, outcome: str) -> None:
        self.take(journey.decide, outcome=outcome, reason="理由")
        self.end("approved" if outcome == "APPROVE" else "rejected")
        if outcome == "APPROVE":
            self.begin("deliver", 10)

    def approve(self) -> None:
        self.decide("APPROVE")

    def reject(self) -> None:
        self.decide("REJECT")

    def deliver(self) -> None:
        self.take(journey.deliver)
        self.end("delivered")

    def reopen(self) -> None:
        self.take(
            journey.reopen, self.place.head, ground="REVIEW", document="〔2026〕1号", reason="重办"
        )
        self.end("reopened")
        self.begin("decide", 20, why="anew")

    def revoke(self) -> None:
        self.take(journey.revoke, self.place.head, reason="骗取")
        self.end("revoked")

    def withdraw(self) -> None:
        self.take(journey.withdraw, self.place.me)
        self.end("withdrawn")

    def terminate(self) -> None:
        self.take(journey.terminate, reason="主体已注销")
        self.end("terminated")

    def refuse(self) -> None:
        self.take(journey.refuse_acceptance, reason="不在范围")
        self.end("refused")

    def not_ours(self) -> None:
        self.take(journey.not_ours, kind="NOT_NEEDED", reason="不需要许可")
        self.end("not ours")

    def hand_back(self) -> None:
        self.take(journey.hand_back, problems=["缺图"])
        self.end("handed back")
