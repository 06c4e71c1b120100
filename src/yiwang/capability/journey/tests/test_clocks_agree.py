"""Property: whatever is done to a case and however time passes, every clock says what an oracle says.

The oracle knows nothing of the product's clocks: it keeps, by hand, when each limit began, what stood
outside it and when it ended, and walks day by day over ``chinese_calendar``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import SHANGHAI, legal_date
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as directory

FIRST = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ONE = timedelta(days=1)
CLOCK = machine("clock")


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


class ClocksLife(RuleBasedStateMachine):
    """One case through all that moves clocks, each limit kept a second time by hand."""

    item = None
    me = None
    licence = True

    @initialize(days=st.integers(0, 200))
    def hand_in(self, days: int) -> None:
        self.now = FIRST + days * ONE
        receipt = sample.handed_in(self.me, at=self.now, code=self.item.code, delivery="window")
        self.key = receipt.case_key
        self.official = sample.official(self.item)
        self.head = sample.official(self.item, Role.HEAD, "head")
        begun = {"accept": 5} if self.licence else {"decide": 20}
        self.limits = {kind: Limit(self.today, amount) for kind, amount in begun.items()}
        self.since = self.today  # from when silence would accept it
        self.told = self.missing = self.extended = False

    @property
    def today(self) -> date:
        return legal_date(self.now)

    def view(self, actor=None) -> CaseView:
        return cases.get_case(self.key, actor or self.official, at=self.now)

    def may(self, act: str, actor=None) -> bool:
        return act in {one.name for one in self.view(actor).acts}

    def take(self, verb, actor=None, **more) -> None:
        seen = self.view(actor)
        verb(
            case_key=self.key, version=seen.version, actor=actor or self.official, at=self.now,
            **more,
        )  # fmt: skip

    def end(self, *kinds: str) -> None:
        for kind in kinds or tuple(self.limits):
            one = self.limits.get(kind)
            if one and one.ended is None:
                one.ended = self.today
                if one.stands:
                    one.outside[-1][1] = self.today

    @rule(hours=st.integers(1, 120))
    def time_passes(self, hours: int) -> None:
        """The clock's round comes when it comes; what fell due meanwhile happens then."""
        self.now += timedelta(hours=hours)
        clocks.warn(at=self.now, actor=CLOCK)
        journal.seal(at=self.now)
        journal.run_listeners(at=self.now)
        if self._over("supply"):
            self.end("supply")
            if self.licence:
                self.limits["accept"] = Limit(self.today, 5)
            else:
                self.limits["decide"].outside[-1][1] = self.today
        elif self._over("accept") and not self.missing:
            self.end("accept")
            self.limits["decide"] = Limit(self.since, 20)

    def _over(self, kind: str) -> bool:
        one = self.limits.get(kind)
        if one is None or one.ended is not None:
            return False
        over = one.last_day(self.today) + ONE
        return self.now >= datetime(over.year, over.month, over.day, tzinfo=SHANGHAI)

    @rule()
    def accept(self) -> None:
        if self.may("accept"):
            self.take(journey.accept)
            self.end("accept")
            if self.licence:
                self.limits["decide"] = Limit(self.today, 20)

    @rule()
    def tell_what_is_missing(self) -> None:
        if self.may("return_for_correction"):
            self.take(journey.return_for_correction, problems=["缺图"])
            self.told = self.missing = True
            self.end("accept")
            if not self.licence:
                self.limits["decide"].outside.append([self.today, None])
            self.limits["supply"] = Limit(self.today, 15)

    @rule()
    def supply(self) -> None:
        if self.may("supply_correction", self.me):
            self.take(journey.supply_correction, self.me, answers={"subject": "补"})
            self.missing, self.since = False, self.today
            if self.licence:
                self.limits["accept"] = Limit(self.today, 5)
            elif self.limits["decide"].stands:
                self.limits["decide"].outside[-1][1] = self.today
            self.end("supply")

    @rule(days=st.integers(0, 30))
    def hear(self, days: int) -> None:
        if self.may("begin_special") and self.view().state == "ACCEPTED":
            self.take(
                journey.begin_special, kind="HEARING", reason="相邻权",
                expected_on=self.today + days * ONE,
            )  # fmt: skip
            self.limits["decide"].outside.append([self.today, None])

    @rule()
    def end_hearing(self) -> None:
        if self.may("end_special"):
            self.take(journey.end_special, kind="HEARING", finding="无异议")
            self.limits["decide"].outside[-1][1] = self.today

    @rule()
    def more_time(self) -> None:
        if self.may("ask_extension"):
            self.take(journey.ask_extension, reason="复杂")
            self.take(journey.grant_extension, self.head)
            self.limits["decide"].days += 10

    @rule(outcome=st.sampled_from(["APPROVE", "REJECT"]))
    def decide(self, outcome: str) -> None:
        if self.may("approve"):
            self.take(journey.decide, outcome=outcome, reason="理由")
            self.end()
            if outcome == "APPROVE" and self.licence:
                self.limits["deliver"] = Limit(self.today, 10)

    @rule()
    def deliver(self) -> None:
        if self.may("deliver"):
            self.take(journey.deliver)
            self.end()

    @rule()
    def decided_anew(self) -> None:
        if self.may("reopen"):
            self.take(journey.reopen, ground="REVIEW", document="〔2026〕1号", reason="重办")
            self.end()
            self.limits["decide"] = Limit(self.today, 20)

    @invariant()
    def every_clock_says_what_the_oracle_says(self) -> None:
        if not hasattr(self, "limits"):
            return
        shown = {clock.kind: clock for clock in self.view().clocks}
        assert set(shown) == set(self.limits)
        for kind, limit in self.limits.items():
            clock = shown[kind]
            assert clock.started_on == limit.began, kind
            assert clock.stopped_on == limit.ended, kind
            assert clock.paused == (limit.stands and limit.ended is None), kind
            assert clock.due_on == limit.last_day(self.today), kind


@pytest.mark.django_db
@pytest.mark.parametrize("profile", ["LICENCE", "CONFIRMATION"])
def test_every_clock_agrees_with_the_oracle_whatever_is_done(profile: str) -> None:
    directory.load_chengguan()
    given = {"extension": {"amount": 10, "basis": "行政许可法 第四十二条"}}
    if profile == "LICENCE":
        given["special_procedures"] = ["HEARING"]
        given["delivery"] = {"within": {"amount": 10}, "chosen": "answer:delivery"}
    item = sample.publish_plain(at=FIRST, profile=profile, code=profile.lower(), **given)
    me = sample.citizen(libraries.register_person(5, at=FIRST, born_on=date(1980, 1, 1)))
    told = {"item": item, "me": me, "licence": profile == "LICENCE"}
    run_state_machine_as_test(
        type("Life", (ClocksLife,), told),
        settings=settings(
            max_examples=20,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
