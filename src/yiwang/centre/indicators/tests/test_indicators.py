"""Daily counters: every fact once, whatever happens, and no share that flatters."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.cases.events import (
    CaseClosed,
    CaseDecided,
    CaseLate,
    CaseNearlyDue,
    CaseRefused,
    CaseReturned,
    CaseSubmitted,
    CaseTransferred,
    ExtensionGranted,
)
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import actions, queries, reactions
from yiwang.centre.indicators.definitions import Grouping, Metric
from yiwang.centre.indicators.rules import share
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday
TODAY = date(2026, 11, 20)
PLACE = "620102000000"
CASE = {
    "subject": "case:one",
    "case_no": "1",
    "item_code": "elderly-allowance",
    "item_version": 1,
    "profile": "BENEFIT",
    "applicant": "person:a",
    "division_code": PLACE,
    "department": "11620102000000019B",
    "version": 1,
}


def submitted(at=AT, **changes):
    return CaseSubmitted(**(CASE | {"at": at, "instant": False} | changes))


def decided(at=AT, **changes):
    return CaseDecided(**(CASE | {"at": at, "outcome": "APPROVE", "by_rule": False} | changes))


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_is_never_rounded_up(part, whole):
    part = min(part, whole)
    said = float(share(part, whole))
    assert said <= part * 100 / whole + 1e-9
    assert (said == 100) == (part == whole)


def test_a_share_of_nothing_is_not_a_number():
    assert share(0, 0) is None
    assert share(999, 1000) == "99.9"
    assert share(9999, 10000) == "99.9"
    assert share(1, 2) == "50"


@pytest.mark.django_db
class TestCounting:
    def test_hearing_a_fact_twice_counts_it_once(self):
        for _ in range(2):
            reactions.count_submitted(event=submitted(), position=7)
        assert queries.get_figures(today=TODAY).received == 1

    def test_counting_says_whether_it_counted(self):
        given_ = {"position": 1, "on": TODAY, "metrics": [Metric.RECEIVED]}
        where = {"division_code": PLACE, "item_code": "x"}
        assert actions.count(**given_, **where)
        assert not actions.count(**given_, **where)

    def test_an_undone_transaction_leaves_neither_mark_nor_count(self):
        with transaction.atomic():
            reactions.count_submitted(event=submitted(), position=7)
            transaction.set_rollback(True)
        reactions.count_submitted(event=submitted(), position=7)
        assert queries.get_figures(today=TODAY).received == 1

    def test_a_fact_late_in_the_evening_belongs_to_the_chinese_day(self):
        late = datetime(2026, 11, 20, 17, tzinfo=UTC)  # 01:00 on the 21st in China
        reactions.count_submitted(event=submitted(late), position=1)
        assert queries.get_figures(today=TODAY).received == 0
        assert queries.get_figures(today=date(2026, 11, 21)).received == 1

    def test_decisions_by_rule_and_in_time_are_told_apart(self):
        reactions.count_decided(event=decided(by_rule=True), position=1)
        reactions.count_decided(event=decided(), position=2)
        found = queries.get_figures(today=TODAY)
        assert (found.decided, found.by_rule, found.in_time, found.late) == (2, 1, 2, 0)

    def test_a_decision_after_its_day_is_late(self):
        start = AT - timedelta(days=20)
        clocks.start(
            subject="case:one",
            kind="DECISION",
            allowance=Allowance(3),
            at=start,
            actor=machine("test"),
        )
        reactions.count_decided(event=decided(), position=1)
        found = queries.get_figures(today=TODAY)
        assert (found.decided, found.in_time, found.late) == (1, 0, 1)

    def test_bad_reviews_are_counted_as_such(self):
        for position, level in enumerate((1, 3, 4, 5), 1):
            event = ReviewGiven(
                subject="case:one",
                at=AT,
                review=f"review:{position}",
                item_code="x",
                division_code=PLACE,
                level=level,
            )
            reactions.count_review(event=event, position=position)
        found = queries.get_figures(today=TODAY)
        assert (found.reviewed, found.satisfied, found.bad) == (4, 2, 2)

    def test_figures_are_of_one_place_and_all_below_it(self):
        reactions.count_submitted(event=submitted(), position=1)
        reactions.count_submitted(event=submitted(division_code="620103000000"), position=2)
        assert queries.get_figures(today=TODAY, division_code=PLACE).received == 1
        assert queries.get_figures(today=TODAY, division_code="620100000000").received == 2

    def test_the_week_before_is_told_for_comparison(self):
        reactions.count_submitted(event=submitted(AT - timedelta(days=7)), position=1)
        reactions.count_submitted(event=submitted(AT - timedelta(days=14)), position=2)
        found = queries.get_figures(today=TODAY)
        assert (found.received, found.received_before) == (0, 1)

    def test_what_is_asked_for_most_comes_first(self):
        for position, code in enumerate(["a", "b", "b", "c"], 1):
            reactions.count_submitted(event=submitted(item_code=code), position=position)
        reactions.count_submitted(
            event=submitted(AT - timedelta(days=40), item_code="old"), position=9
        )
        assert queries.list_most_used(today=TODAY) == (("b", 2), ("a", 1), ("c", 1))


def hear(*steps):
    """Facts one after the other, each under a position of its own."""
    for position, (reaction, event) in enumerate(steps, start=500):
        reaction(event=event, position=position)


def fact(kind, at=AT, **more):
    return kind(**(CASE | {"at": at} | more))


def leader(place=PLACE, body=None, role=Role.LEADER):
    return Actor(ActorKind.OFFICIAL, "official:li", grants=(Grant(role, place, body),))


LIMIT = {"clock": "decide", "due_on": "2026-11-19", "basis": "", "official": ""}


@pytest.mark.django_db
class TestOfBodies:
    def test_a_case_is_in_the_stock_from_receipt_until_it_is_nobody_s_work(self):
        hear((reactions.count_submitted, submitted()))
        assert queries.get_overview(leader(), today=TODAY).now.open == 1
        hear((reactions.come_near, fact(CaseNearlyDue, **LIMIT)))
        hear((reactions.come_late, fact(CaseLate, **LIMIT)))
        now = queries.get_overview(leader(), today=TODAY).now
        assert (now.open, now.soon, now.late) == (1, 0, 1)
        hear((reactions.leave, fact(CaseClosed)), (reactions.leave, fact(CaseClosed)))
        now = queries.get_overview(leader(), today=TODAY).now
        assert (now.open, now.soon, now.late) == (0, 0, 0)

    def test_what_a_rule_decides_at_once_is_never_in_the_stock(self):
        hear((reactions.count_submitted, submitted(instant=True)))
        hear((reactions.count_decided, decided(by_rule=True)))
        seen = queries.get_overview(leader(), today=TODAY)
        assert (seen.now.open, seen.today.received, seen.today.decided) == (0, 1, 0)

    def test_every_fact_once_however_often_it_is_heard(self):
        event = fact(CaseReturned, items=2)
        for _ in range(3):
            reactions.count_returned(event=event, position=7)
        assert queries.get_overview(leader(), today=TODAY).now.corrected == 1

    def test_refusals_corrections_extensions_and_a_no_are_told_apart(self):
        hear(
            (reactions.count_returned, fact(CaseReturned, items=1)),
            (reactions.count_extended, fact(ExtensionGranted)),
            (reactions.count_refused, fact(CaseRefused)),
            (reactions.count_decided, decided(outcome="REJECT")),
        )
        now = queries.get_overview(leader(), today=TODAY).now
        assert (now.corrected, now.extended, now.refused) == (1, 1, 1)
        assert (now.decided, now.in_time, now.rejected) == (1, 1, 1)

    def test_a_transfer_takes_the_case_to_the_other_body(self):
        other = CASE | {"department": "11620102000000020X"}
        hear((reactions.count_submitted, submitted()))
        hear((reactions.move, CaseTransferred(**(other | {"at": AT, "from_department": "x"}))))
        rows = {one.key: one.open for one in queries.get_overview(leader(), today=TODAY).rows}
        assert rows == {CASE["department"]: 0, "11620102000000020X": 1}

    def test_a_leader_sees_his_place_a_head_his_body_and_a_handler_nothing(self):
        hear((reactions.count_submitted, submitted()))
        for actor, open_ in (
            (leader("620100000000"), 1),
            (leader("620103000000"), 0),
            (leader(body=CASE["department"], role=Role.HEAD), 1),
            (leader(role=Role.HANDLER), 0),
            (Actor(ActorKind.PERSON, "person:a"), 0),
        ):
            assert queries.get_overview(actor, today=TODAY).now.open == open_

    def test_the_days_before_and_the_trend_are_counted_apart(self):
        for number, days in enumerate((0, 1, 7, 35)):
            event = submitted(AT - timedelta(days=days))
            reactions.count_submitted(event=event, position=600 + number)
        seen = queries.get_overview(leader(), today=TODAY)
        assert (seen.today.received, seen.week_ago.received) == (1, 1)
        assert (seen.now.received, seen.before.received) == (3, 1)
        assert [one.received for one in seen.trend] == [1, 1, 1]
        places = queries.get_overview(leader(), today=TODAY, grouping=Grouping.DIVISION).rows
        assert [one.key for one in places] == [PLACE]
