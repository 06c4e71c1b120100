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
from yiwang.mechanisms.journal import queries as journal_queries
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
    reached: set[str] = set()  # noqa: RUF012 - each run brings its own

    @initialize(days=st.integers(0, 200), quiet=st.sampled_from([0, 0, 190, 260, 400]))
    def hand_in(self, days: int, quiet: int) -> None:
        self.now = FIRST + days * ONE
        receipt = sample.handed_in(self.me, at=self.now, code=self.item.code, delivery="window")
        self.key = receipt.case_key
        self.official = sample.official(self.item)
        self.head = sample.official(self.item, Role.HEAD, "head")
        begun = {"accept": 5} if self.licence else {"decide": 20}
        self.limits = {kind: Limit(self.today, amount) for kind, amount in begun.items()}
        self.since = self.today  # from when silence would accept it
        self.missing = False
        if quiet:
            self.time_passes(quiet)

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

    @rule(hours=st.sampled_from([1, 5, 14, 26, 50, 77, 120, 200, 500]))
    def time_passes(self, hours: int) -> None:
        """The clock's round comes when it comes; what fell due meanwhile happens then."""
        self.now += timedelta(hours=hours)
        clocks.warn(at=self.now, actor=CLOCK)
        while journal.seal(at=self.now):
            continue
        while (told := journal.run_listeners(at=self.now)).passed:
            assert told.parked == 0, journal_queries.list_parked()[:3]
        if self._over("supply"):
            self.reached.add("never supplied in time")
            self.end("supply")
            if self.licence:
                self.limits["accept"] = Limit(self.today, 5)
            else:
                self.limits["decide"].outside[-1][1] = self.today
        elif self._over("accept") and not self.missing and self.licence:
            self.reached.add("accepted by silence")
            self.end("accept")
            self.limits["decide"] = Limit(self.since, 20)

    def _over(self, kind: str) -> bool:
        one = self.limits.get(kind)
        if one is None or one.ended is not None:
            return False
        over = one.last_day(self.today) + ONE
        return self.now >= datetime(over.year, over.month, over.day, tzinfo=SHANGHAI)

    @rule(pick=st.integers(0, 10_000))
    def go_on(self, pick: int) -> None:
        """One of the acts that are open now."""
        known = {one.name for one in self.view().acts} | {
            one.name for one in self.view(self.me).acts
        }
        ways = [way for act, way in self.ways().items() if act in known]
        if ways:
            ways[pick % len(ways)](pick)

    def ways(self):
        return {
            "accept": self.accept,
            "return_for_correction": self.tell_what_is_missing,
            "supply_correction": self.supply,
            "begin_special": self.hear,
            "end_special": self.end_hearing,
            "ask_extension": self.more_time,
            "approve": self.decide,
            "deliver": self.deliver,
            "reopen": self.decided_anew,
        }

    def accept(self, pick: int) -> None:
        if self.may("accept"):
            self.take(journey.accept)
            self.end("accept")
            if self.licence:
                self.limits["decide"] = Limit(self.today, 20)

    def tell_what_is_missing(self, pick: int) -> None:
        if self.may("return_for_correction"):
            self.take(journey.return_for_correction, problems=["缺图"])
            self.missing = True
            self.end("accept")
            if not self.licence:
                self.limits["decide"].outside.append([self.today, None])
            self.limits["supply"] = Limit(self.today, 15)
            if pick % 3 == 0:  # silent until it is over
                self.time_passes(24 * 40)

    def supply(self, pick: int) -> None:
        if self.may("supply_correction", self.me):
            self.reached.add("supplied")
            self.take(journey.supply_correction, self.me, answers={"subject": "补"})
            self.missing, self.since = False, self.today
            if self.licence:
                self.limits["accept"] = Limit(self.today, 5)
            elif self.limits["decide"].stands:
                self.limits["decide"].outside[-1][1] = self.today
            self.end("supply")

    def hear(self, pick: int) -> None:
        if self.may("begin_special") and self.view().state == "ACCEPTED":
            self.take(
                journey.begin_special, kind="HEARING", reason="相邻权",
                expected_on=self.today + pick % 30 * ONE,
            )  # fmt: skip
            self.limits["decide"].outside.append([self.today, None])

    def end_hearing(self, pick: int) -> None:
        if self.may("end_special"):
            self.reached.add("heard")
            self.take(journey.end_special, kind="HEARING", finding="无异议")
            self.limits["decide"].outside[-1][1] = self.today

    def more_time(self, pick: int) -> None:
        if self.may("ask_extension"):
            self.take(journey.ask_extension, reason="复杂")
            self.reached.add("extended")
            self.take(journey.grant_extension, self.head)
            self.limits["decide"].days += 10

    def decide(self, pick: int) -> None:
        if self.may("approve"):
            outcome = "REJECT" if pick % 3 == 0 else "APPROVE"
            self.take(journey.decide, outcome=outcome, reason="理由")
            self.end()
            if outcome == "APPROVE" and self.licence:
                self.limits["deliver"] = Limit(self.today, 10)

    def deliver(self, pick: int) -> None:
        if self.may("deliver"):
            self.reached.add("delivered")
            self.take(journey.deliver)
            self.end()

    def decided_anew(self, pick: int) -> None:
        if self.may("reopen"):
            self.reached.add("decided anew")
            self.take(journey.reopen, ground="REVIEW", document="〔2026〕1号", reason="重办")
            self.end()
            self.limits["decide"] = Limit(self.today, 20)

    def teardown(self) -> None:
        if hasattr(self, "limits"):  # its clocks are no matter of the next walk's
            clocks.stop_all(subject=self.view().reference, at=self.now, actor=CLOCK)

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
    reached: set[str] = set()
    told = {"item": item, "me": me, "licence": profile == "LICENCE", "reached": reached}
    run_state_machine_as_test(
        type("Life", (ClocksLife,), told),
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            derandomize=True,  # the same walks every time, so that what they reach can be asserted
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    wanted = {"never supplied in time", "supplied", "extended", "decided anew"}
    if profile == "LICENCE":
        wanted |= {"accepted by silence", "heard", "delivered"}
    assert reached >= wanted
