"""Worklists: on them while it is somebody's work, with the right day, counted without counting all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.definitions.work import Light, Order, Phase, WorkFilter, WorkList
from yiwang.capability.cases.models import CaseWork
from yiwang.capability.cases.sample import AT
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import NOTHING

pytestmark = pytest.mark.django_db
TEN = Allowance(10, Unit.WORKING_DAY, 2)


@pytest.fixture(autouse=True)
def _inside():
    with transaction.atomic():
        yield


def opened(*, at=AT, within=TEN, **changes):
    key = new_key()
    clocks.start(subject=f"case:{key}", kind="decide", allowance=within, at=at, actor=machine("t"))
    sample.opened(key=key, at=at, instant=False, **changes)
    return actions.to_official(case_key=key, actor=machine("rules"), at=at)


def keys(actor, which=WorkList.MINE, *, at=AT, **narrowed):
    page = queries.list_work(actor, at=at, filter=WorkFilter(which, **narrowed))
    return [row.key for row in page.rows]


class TestWhatIsOnTheLists:
    def test_what_a_rule_decides_is_nobodys_work(self):
        sample.opened()
        assert keys(sample.official(), WorkList.DEPARTMENT) == []

    def test_what_goes_to_an_official_is_on_the_list_from_that_moment(self):
        case = sample.opened()
        actions.to_official(case_key=case.key, actor=machine("rules"), at=AT)
        assert keys(sample.official()) == [case.key]

    def test_a_decided_case_has_no_day_any_more_and_an_ended_one_is_gone(self):
        case = opened()
        accepted = actions.accept(case_key=case.key, version=2, actor=sample.official(), at=AT)
        sample.decided(accepted)
        clocks.stop_all(subject=case.reference, at=AT, actor=machine("t"))
        assert CaseWork.objects.get(case=case).due_on.year == 9999
        other = opened()
        actions.withdraw(case_key=other.key, version=2, actor=sample.citizen(), at=AT)
        assert keys(sample.official(), WorkList.DEPARTMENT) == [case.key]

    def test_what_the_applicant_mends_waits_for_him_and_is_on_no_other_list(self):
        case = opened()
        actions.return_for_correction(
            case_key=case.key, version=2, problems=["缺证明"], actor=sample.official(), at=AT
        )
        assert keys(sample.official(), WorkList.APPLICANT) == [case.key]
        assert keys(sample.official(), WorkList.MINE) == []

    def test_what_is_blocked_waits_for_others(self):
        case = opened()
        actions.block(
            case_key=case.key, stage="DECISION", reason="branch:x", actor=sample.official(), at=AT
        )
        assert keys(sample.official(), WorkList.OTHERS) == [case.key]
        actions.unblock(
            case_key=case.key, stage="DECISION", reason="branch:x", actor=sample.official(), at=AT
        )
        assert keys(sample.official(), WorkList.OTHERS) == []

    def test_a_clock_that_stands_has_its_own_list_which_says_why_and_since_when(self):
        case, running = opened(), opened()
        clocks.pause(
            subject=case.reference, kind="decide", reason="等申请人补正", at=AT, actor=machine("t")
        )
        page = queries.list_work(sample.official(), at=AT, filter=WorkFilter(WorkList.STANDING))
        assert [row.key for row in page.rows] == [case.key]
        clock = page.rows[0].clock
        assert (clock.paused_on, clock.paused_because) == (AT.date(), "等申请人补正")
        assert set(keys(sample.official(), WorkList.DEPARTMENT)) == {running.key, case.key}
        assert queries.count_work(sample.official(), at=AT)[WorkList.STANDING] == 1
        clocks.resume(subject=case.reference, kind="decide", at=AT, actor=machine("t"))
        assert keys(sample.official(), WorkList.STANDING) == []

    def test_what_a_colleague_began_is_no_longer_mine(self):
        case = opened()
        actions.accept(case_key=case.key, version=2, actor=sample.official(name="qian"), at=AT)
        assert keys(sample.official(name="qian")) == [case.key]
        assert keys(sample.official(name="zhao")) == []
        assert keys(sample.official(name="zhao"), WorkList.DEPARTMENT) == [case.key]

    def test_a_case_from_before_the_lists_is_put_on_them(self):
        case = opened()
        CaseWork.objects.all().delete()
        assert actions.mend(actor=machine("t"), at=AT) == 1
        assert keys(sample.official()) == [case.key]
        assert CaseWork.objects.get(case=case).due_on.year == 2026
        assert actions.mend(actor=machine("t"), at=AT) == 0


class TestDays:
    def test_the_soonest_due_is_first_and_by_receipt_on_wish(self):
        late, soon = opened(), opened(within=Allowance(3, Unit.WORKING_DAY, 1))
        assert keys(sample.official()) == [soon.key, late.key]
        assert keys(sample.official(), order=Order.RECEIVED) == [late.key, soon.key]

    def test_the_lights_follow_the_day(self):
        case = opened()
        due = CaseWork.objects.get(case=case).due_on
        assert due == date(2026, 3, 16)
        assert keys(sample.official(), light=Light.GREEN) == [case.key]
        assert keys(sample.official(), WorkList.SOON, at=AT + timedelta(days=13)) == [case.key]
        assert keys(sample.official(), WorkList.OVERDUE, at=AT + timedelta(days=14)) == []
        assert keys(sample.official(), WorkList.OVERDUE, at=AT + timedelta(days=15)) == [case.key]

    def test_a_standing_clock_is_neither_late_nor_nearly_late(self):
        case = opened()
        clocks.pause(
            subject=case.reference, kind="decide", reason="听证", at=AT, actor=machine("t")
        )
        later = AT + timedelta(days=60)
        assert keys(sample.official(), WorkList.OVERDUE, at=later) == []
        assert keys(sample.official(), light=Light.STANDING, at=later) == [case.key]

    def test_more_time_moves_the_day(self):
        case = opened()
        clocks.extend(subject=case.reference, kind="decide", more=5, at=AT, actor=machine("t"))
        assert CaseWork.objects.get(case=case).due_on == date(2026, 3, 23)


class TestNarrowing:
    def test_by_item_place_phase_and_day_of_receipt(self):
        case, other = opened(), opened(item_code="other-item", at=AT + timedelta(days=3))
        me = sample.official()
        assert keys(me, item_code="other-item") == [other.key]
        assert keys(me, division_code="620102001000") == []
        assert keys(me, phase=Phase.EXAMINING) == []
        assert set(keys(me, phase=Phase.TO_ACCEPT)) == {case.key, other.key}
        assert keys(me, received_until=date(2026, 3, 2)) == [case.key]
        assert keys(me, received_from=date(2026, 3, 3)) == [other.key]

    def test_pages_join_without_a_gap_even_when_the_last_row_has_gone(self):
        made = [opened() for _ in range(3)]
        me = sample.official()
        first = queries.list_work(me, at=AT, limit=2)
        CaseWork.objects.filter(case__key=first.rows[-1].key).delete()
        second = queries.list_work(me, at=AT, after=first.next, limit=2)
        assert [row.key for row in (*first.rows, *second.rows)] == [one.key for one in made]
        assert second.next == ""

    @pytest.mark.parametrize("after", ["x", "20260316", "99999999abcdefghjkmnpqrs"])
    def test_a_strange_mark_is_not_found(self, after):
        with pytest.raises(NotFound):
            queries.list_work(sample.official(), at=AT, after=after)


class TestRights:
    def test_only_one_s_own_body_and_a_citizen_nothing(self):
        opened()
        stranger = sample.official(body="11620102000000020X", name="sun")
        for actor in (stranger, sample.citizen()):
            assert keys(actor, WorkList.DEPARTMENT) == []
            assert set(queries.count_work(actor, at=AT).values()) == {0}

    def test_each_place_of_a_chain_sees_its_own_step(self):
        opened()
        assert keys(sample.official(Role.REVIEWER)) == []
        assert keys(sample.official(Role.HEAD)) == []
        assert len(keys(sample.official(Role.WINDOW_CLERK))) == 1

    def test_a_leader_sees_rows_by_body_and_has_no_list_of_his_own(self):
        case = opened()
        leader = sample.official(Role.LEADER, body=None)
        page = queries.list_overseen(leader, at=AT, department=sample.BODY)
        assert [row.key for row in page.rows] == [case.key]
        assert page.rows[0].applicant_masked == "马**"
        assert keys(leader, WorkList.DEPARTMENT) == []


class TestCounting:
    def test_all_counts_come_with_one_statement(self):
        for _ in range(3):
            opened()
        with CaptureQueriesContext(connection) as asked:
            counts = queries.count_work(sample.official(), at=AT)
        assert counts[WorkList.MINE] == counts[WorkList.DEPARTMENT] == 3
        assert counts[WorkList.OVERDUE] == 0
        assert len(asked) == 1
        narrowed = WorkFilter(WorkList.MINE, phase=Phase.REVIEWING)
        assert queries.count_filtered(sample.official(), at=AT, filter=narrowed) == 0

    def test_counting_stops(self):
        for _ in range(3):
            opened()
        rows = CaseWork.objects.in_charge_of(sample.official())
        assert counting.count([counting.bounded(rows, up_to=2), NOTHING]) == [2, 0]

    def test_the_words_kept_for_counting_are_those_of_these_rights_only(self):
        opened()
        mine, elsewhere = sample.official(), sample.official(body="1" * 18)
        assert queries.count_work(mine, at=AT)[WorkList.DEPARTMENT] == 1
        assert queries.count_work(elsewhere, at=AT)[WorkList.DEPARTMENT] == 0
        assert queries.count_work(replace(mine, grants=()), at=AT)[WorkList.DEPARTMENT] == 0
        assert queries.count_work(mine, at=AT)[WorkList.DEPARTMENT] == 1


class TestKeptFilters:
    WANTED = WorkFilter(
        WorkList.DEPARTMENT, item_code="sample-item", light=Light.RED,
        received_from=date(2026, 1, 1), order=Order.RECEIVED,
    )  # fmt: skip

    def test_a_filter_comes_back_as_it_was_kept(self):
        me = sample.official()
        key = actions.keep_filter(name=" 超期  示例 ", filter=self.WANTED, actor=me, at=AT)
        (kept,) = queries.list_filters(me)
        assert (kept.key, kept.name, kept.filter) == (key, "超期 示例", self.WANTED)

    def test_the_same_name_again_replaces_it(self):
        me = sample.official()
        first = actions.keep_filter(name="甲", filter=self.WANTED, actor=me, at=AT)
        again = actions.keep_filter(name="甲", filter=WorkFilter(), actor=me, at=AT)
        assert first == again
        assert queries.get_filter(first, me).filter == WorkFilter()

    def test_nobody_else_s(self):
        key = actions.keep_filter(name="甲", filter=self.WANTED, actor=sample.official(), at=AT)
        other = sample.official(name="qian")
        with pytest.raises(NotFound):
            queries.get_filter(key, other)
        with pytest.raises(NotFound):
            actions.forget_filter(key=key, actor=other, at=AT)
        actions.forget_filter(key=key, actor=sample.official(), at=AT)
        assert queries.list_filters(sample.official()) == ()

    def test_without_a_name_or_too_many_or_a_citizen_it_is_refused(self):
        me = sample.official()
        for name in ("", " ", "长" * 31):
            with pytest.raises(InvalidInput):
                actions.keep_filter(name=name, filter=self.WANTED, actor=me, at=AT)
        with pytest.raises(NotAllowed):
            actions.keep_filter(name="甲", filter=self.WANTED, actor=sample.citizen(), at=AT)
        for number in range(20):
            actions.keep_filter(name=f"第{number}个", filter=self.WANTED, actor=me, at=AT)
        with pytest.raises(InvalidInput):
            actions.keep_filter(name="第21个", filter=self.WANTED, actor=me, at=AT)
