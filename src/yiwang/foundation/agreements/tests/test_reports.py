"""The using department records effect, storage and destruction; both sides read it for three years (条例 29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from yiwang.foundation.agreements import actions, jobs, queries
from yiwang.foundation.agreements.definitions.reports import DISPOSAL, Report
from yiwang.foundation.agreements.events import AgreementLate, AgreementNearlyDue
from yiwang.foundation.agreements.models import DataGrant, UsageReport
from yiwang.foundation.agreements.sample import CONSUMER
from yiwang.foundation.agreements.tests.people import ACTORS, AT, delivered, offer_as
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.journal import actions as journal_actions
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
EFFECT = Report(words="老人不用再交户口簿", since=AT.date(), until=AT.date(), papers=120, visits=60)
STORED = Report(words="科室三人，库里加密", place="高龄津贴系统", held=40)
GONE = Report(words="两人在场，覆写删除", disposal="DESTROYED", day=AT.date())
KEPT = Report(
    words="已发放津贴的凭证",
    disposal="KEPT",
    held=12,
    basis="会计法第二十三条",
    until=date(2036, 3, 2),
)
NONE = Report(disposal="NONE_HELD")


@pytest.fixture
def grant(monkeypatch):
    offer_as(monkeypatch)
    return queries.get_grant(delivered().grant, ACTORS["asker"], at=AT)


@pytest.fixture
def ended(grant):
    asked = act(actions.ask_end, grant, "asker", words="不再需要")
    return act(actions.agree_end, asked, "giver")


def act(verb, grant, who, *, at=AT, **given):
    return verb(key=grant.key, version=grant.version, actor=ACTORS[who], at=at, **given)


def clock(grant, at=AT):
    return clock_queries.find_clock(subject=grant.reference, kind=DISPOSAL, at=at)


def test_what_was_saved_is_added_up_for_both_sides_and_who_watches(grant) -> None:
    once = act(actions.report_effect, grant, "asker", report=EFFECT)
    act(actions.report_effect, once, "asking head", report=replace(EFFECT, papers=None, visits=5))
    for who in ("asker", "giver", "giving head", "authority"):
        saved = queries.count_savings(grant.key, ACTORS[who])
        assert (saved.reports, saved.papers, saved.visits) == (2, 120, 65), who
        (newest, first) = queries.list_reports(grant.key, ACTORS[who]).rows
        assert (newest.visits, first.words) == (5, "老人不用再交户口簿")


@pytest.mark.parametrize("who", ["other body", "elsewhere", "clerk", "person"])
def test_nobody_else_reads_or_takes_them(grant, who) -> None:
    act(actions.report_storage, grant, "asker", report=STORED)
    for read in (queries.list_reports, queries.count_savings):
        with pytest.raises(NotFound):
            read(grant.key, ACTORS[who])
    with pytest.raises(NotFound):
        actions.export_reports(key=grant.key, actor=ACTORS[who], at=AT)


def test_the_provider_does_not_write_for_the_using_department(grant) -> None:
    for verb, report in ((actions.report_effect, EFFECT), (actions.report_storage, STORED)):
        with pytest.raises(NotAllowed):
            act(verb, grant, "giver", report=report)
    assert not UsageReport.objects.exists()


def test_the_same_page_sent_twice_is_one_record(grant) -> None:
    act(actions.report_effect, grant, "asker", report=EFFECT)
    with pytest.raises(VersionConflict):
        act(actions.report_effect, grant, "asker", report=EFFECT)
    assert UsageReport.objects.count() == 1


@pytest.mark.parametrize(
    ("verb", "report", "field"),
    [
        (actions.report_effect, replace(EFFECT, words=" "), "words"),
        (actions.report_effect, replace(EFFECT, since=AT.date() - timedelta(days=1)), "since"),
        (actions.report_effect, replace(EFFECT, until=AT.date() + timedelta(days=1)), "until"),
        (actions.report_effect, replace(EFFECT, papers=-1), "papers"),
        (actions.report_storage, replace(STORED, held=None), "held"),
        (actions.report_storage, replace(STORED, place=""), "place"),
        (actions.report_storage, replace(STORED, words="长" * 1001), "words"),
    ],
)
def test_what_is_missing_is_refused_by_its_field_and_nothing_is_kept(
    grant, verb, report, field
) -> None:
    with pytest.raises(InvalidInput) as refused:
        act(verb, grant, "asker", report=report)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert not UsageReport.objects.exists()
    assert DataGrant.objects.get().version == grant.version


@pytest.mark.parametrize(
    ("report", "field"),
    [
        (Report(), "disposal"),
        (replace(GONE, day=None), "day"),
        (replace(GONE, day=AT.date() + timedelta(days=1)), "day"),
        (replace(GONE, words=""), "words"),
        (replace(KEPT, basis=""), "basis"),
        (replace(KEPT, held=0), "held"),
        (replace(KEPT, until=AT.date()), "until"),
    ],
)
def test_a_declaration_says_when_and_how_or_on_which_article(ended, report, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        act(actions.declare_disposal, ended, "asker", report=report)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert clock(ended).stopped_on is None


def test_every_way_of_ending_starts_the_days_to_declare(grant) -> None:
    later = AT + timedelta(days=800)
    jobs.expire(actor=machine("clock"), at=later)
    over = queries.get_grant(grant.key, ACTORS["asker"], at=later)
    assert (over.state, over.disposal) == ("ENDED", "")
    assert over.dispose_by == clock(over, later).due_on


def test_ten_working_days_which_are_ours_and_stop_with_the_declaration(ended) -> None:
    assert ended.dispose_by == date(2026, 3, 16)
    done = act(actions.declare_disposal, ended, "asker", report=GONE)
    assert (done.disposal, done.disposal_label, done.dispose_by) == ("DESTROYED", "已经销毁", None)
    assert clock(ended).stopped_on is not None
    with pytest.raises(CannotDo):
        act(actions.declare_disposal, done, "asker", report=NONE)


def test_what_a_law_has_kept_may_be_declared_destroyed_later(ended) -> None:
    kept = act(actions.declare_disposal, ended, "asker", report=KEPT)
    (row,) = queries.list_reports(ended.key, ACTORS["giver"]).rows
    assert (row.held, row.basis, row.day) == (12, "会计法第二十三条", None)
    gone = act(actions.declare_disposal, kept, "asker", report=GONE)
    assert gone.disposal == "DESTROYED"


def test_only_what_belongs_to_the_choice_is_kept(ended) -> None:
    mixed = replace(GONE, held=5, basis="会计法第二十三条", until=date(2036, 3, 2))
    act(actions.declare_disposal, ended, "asker", report=mixed)
    (row,) = queries.list_reports(ended.key, ACTORS["giver"]).rows
    assert (row.day, row.held, row.basis, row.until) == (AT.date(), None, "", None)


def test_what_the_provider_requires_begins_the_days_anew(ended) -> None:
    done = act(actions.declare_disposal, ended, "asker", report=NONE)
    later = AT + timedelta(days=30)
    told = act(actions.require_disposal, done, "giver", words="备份里的也要删", at=later)
    assert told.disposal == ""
    assert told.dispose_by == clock(ended, later).due_on
    assert told.dispose_by > later.date()
    assert told.notes[-1].words == "备份里的也要删"
    with pytest.raises(NotAllowed):
        act(actions.require_disposal, told, "asker", words="不", at=later)


def test_a_requirement_while_the_days_run_does_not_lengthen_them(ended) -> None:
    later = AT + timedelta(days=3)
    told = act(actions.require_disposal, ended, "giver", words="一周内删掉", at=later)
    assert told.dispose_by == ended.dispose_by


def test_the_using_department_is_the_one_who_is_late(ended) -> None:
    for days in (11, 20):
        at = AT + timedelta(days=days)
        clocks.warn(at=at, actor=machine("clock"))
        for _ in range(2):
            journal_actions.seal(at=at)
            journal_actions.run_listeners(at=at)
    said = journal.list_entries(subject=ended.reference)
    limits = [one for one in said if one.act in (AgreementNearlyDue.name, AgreementLate.name)]
    assert [one.act for one in limits] == [AgreementNearlyDue.name, AgreementLate.name]
    for one in limits:
        assert (one.facts["department"], one.facts["matter"]) == (CONSUMER, "data-disposal")


def test_the_database_lets_nobody_change_a_record_or_take_it_out_early(grant) -> None:
    act(actions.report_effect, grant, "asker", report=EFFECT)
    rows = UsageReport.objects.all()
    for change in (lambda: rows.update(papers=1), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert UsageReport.objects.get().papers == 120


def test_who_takes_a_file_of_them_is_in_the_journal(grant) -> None:
    act(actions.report_effect, grant, "asker", report=EFFECT)
    taken = actions.export_reports(key=grant.key, actor=ACTORS["authority"], at=AT)
    assert [one.papers for one in taken] == [120]
    acts = [one.act for one in journal.list_acts_of(actor=ACTORS["authority"].reference)]
    assert "agreements.export_reports" in acts
