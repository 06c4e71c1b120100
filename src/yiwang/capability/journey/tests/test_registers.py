"""台账: what really happened is on them, once, for those who may read it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.capability.registers import actions, queries, reactions
from yiwang.capability.registers.definitions import RegisterFilter, RegisterKind
from yiwang.capability.registers.models import RegisterEntry
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as entries
from yiwang.network.directory import sample as directory

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REFUSAL, CORRECTION, EXTENSION = RegisterKind
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(at=AT, extension={"amount": 10, "basis": "行政许可法 第四十二条"})


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def official(item):
    return sample.official(item)


def hear(at: datetime = AT) -> None:
    for _ in range(2):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def do(verb, key: str, actor: Actor, at: datetime = AT, **given) -> None:
    version = cases.get_inside(key).version
    verb(case_key=key, version=version, actor=actor, at=at, **given)


def rows(actor: Actor, kind: RegisterKind, **narrowed):
    return queries.list_entries(actor, kind=kind, filter=RegisterFilter(**narrowed)).rows


def test_every_kind_of_refusal_is_entered_with_its_letter_and_reason(me, official) -> None:
    keys = [sample.handed_in(me, at=AT).case_key for _ in range(3)]
    do(journey.refuse_acceptance, keys[0], official, AT + DAY, reason="不属于法定情形")
    do(journey.not_ours, keys[1], official, AT + DAY, kind="NOT_NEEDED", reason="不用许可")
    do(journey.accept, keys[2], official, AT + DAY)
    do(journey.decide, keys[2], official, AT + 2 * DAY, outcome="REJECT", reason="不符合条件")
    hear(AT + 2 * DAY)
    found = rows(official, REFUSAL)
    assert [(one.matter, one.document) for one in found] == [
        ("REJECTED", "不予行政许可决定书"),
        ("NOT_OURS", "不受理告知书"),
        ("NOT_ACCEPTED", "不予受理通知书"),
    ]
    assert queries.get_entry(found[2].key, official).reason == "不属于法定情形"
    assert all(one.became == "STANDS" for one in found)
    assert me.display_name == found[0].applicant_masked
    assert not rows(official, CORRECTION)


def test_a_correction_waits_is_supplied_late_and_says_what_was_told(me, official) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.return_for_correction, key, official, problems=["缺身份证明", "图不清楚"])
    hear()
    (told,) = rows(official, CORRECTION)
    assert (told.became, told.items, told.due_on) == ("WAITING", 2, date(2026, 3, 23))
    assert queries.get_entry(told.key, official).reason == "1. 缺身份证明\n2. 图不清楚"
    late = AT + 30 * DAY
    clocks.warn(at=late, actor=machine("clock"))
    hear(late)
    assert rows(official, CORRECTION)[0].became == "LAPSED"
    do(journey.supply_correction, key, me, late + DAY, answers={"subject": "补好"})
    hear(late + DAY)
    (told,) = rows(official, CORRECTION)
    assert (told.became, told.settled_at) == ("SUPPLIED", late + DAY)


def test_a_correction_nobody_answered_ends_with_the_case(me, official) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.return_for_correction, key, official, problems=["缺"])
    do(journey.withdraw, key, me, AT + DAY)
    hear(AT + DAY)
    assert [one.became for one in rows(official, CORRECTION)] == ["ENDED"]


def test_an_extension_is_entered_when_asked_and_settled_by_the_head(me, official, item) -> None:
    head = sample.official(item, Role.HEAD, "qian")
    granted, declined = (sample.handed_in(me, at=AT).case_key for _ in range(2))
    for key in (granted, declined):
        do(journey.accept, key, official)
        do(journey.ask_extension, key, official, reason="要等鉴定")
    hear()
    assert {one.became for one in rows(official, EXTENSION)} == {"WAITING"}
    do(journey.grant_extension, granted, head, AT + DAY)
    do(journey.decline_extension, declined, head, AT + DAY)
    hear(AT + DAY)
    by_case = {one.case_key: one for one in rows(official, EXTENSION)}
    assert by_case[granted].became == "GRANTED"
    assert by_case[granted].document == "延长办理期限告知书"
    assert by_case[granted].due_on == date(2026, 4, 14)
    assert by_case[declined].became == "DECLINED"
    assert queries.get_entry(by_case[declined].key, official).reason == "要等鉴定"


def test_a_refusal_taken_up_anew_stays_on_the_register_as_overturned(me, official, item) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.accept, key, official)
    do(journey.decide, key, official, outcome="REJECT", reason="不符合条件")
    do(
        journey.reopen, key, sample.official(item, Role.HEAD, "qian"), AT + DAY,
        ground="REVIEW", document="复决〔2026〕1号", reason="事实不清",
    )  # fmt: skip
    hear(AT + DAY)
    (row,) = rows(official, REFUSAL)
    assert row.became == "OVERTURNED"
    assert queries.get_entry(row.key, official).reason == "不符合条件"


def test_a_fact_heard_twice_is_entered_once(me, official) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.refuse_acceptance, key, official, reason="不属于法定情形")
    hear()
    entry = next(
        e for e in entries.list_entries(subject=f"case:{key}") if e.act == "cases.case_refused"
    )
    from yiwang.capability.cases.events import CaseRefused

    inside = cases.get_inside(key)
    again = CaseRefused(
        subject=f"case:{key}", at=AT, case_no=inside.case_no, item_code=inside.item_code,
        item_version=inside.item_version, profile=inside.profile, applicant=inside.applicant,
        division_code=inside.division_code, department=inside.department, version=inside.version,
    )  # fmt: skip
    reactions.enter_refused(event=again, position=entry.position)
    assert RegisterEntry.objects.count() == 1


def test_a_rule_that_says_yes_enters_nothing(me, official) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.accept, key, official)
    do(journey.decide, key, official, outcome="APPROVE", reason="同意")
    hear()
    assert RegisterEntry.objects.count() == 0


def test_only_the_body_its_leader_and_the_person_read_an_entry(me, official, item) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.refuse_acceptance, key, official, reason="不属于法定情形")
    hear()
    (row,) = rows(official, REFUSAL)

    def someone(role, place, body):
        return Actor(ActorKind.OFFICIAL, "official:x", grants=(Grant(role, place, body),))

    assert rows(someone(Role.LEADER, "620000000000", None), REFUSAL) == (row,)
    for stranger in (
        someone(Role.APPROVER, item.division_code, "11620102000000027X"),
        someone(Role.APPROVER, "620103000000", item.department),
        someone(Role.AUDITOR, item.division_code, item.department),
        sample.citizen(libraries.register_person(6, at=AT, born_on=date(1980, 1, 1))),
    ):
        assert rows(stranger, REFUSAL) == ()
        with pytest.raises(NotFound):
            queries.get_entry(row.key, stranger)


def test_pages_follow_each_other_by_mark_and_days_are_included(me, official) -> None:
    for days in range(5):
        key = sample.handed_in(me, at=AT).case_key
        do(journey.refuse_acceptance, key, official, AT + days * DAY, reason=f"第{days}件")
    hear(AT + 5 * DAY)
    first = queries.list_entries(official, kind=REFUSAL, limit=3)
    second = queries.list_entries(official, kind=REFUSAL, limit=3, after=first.next)
    seen = [one.happened_at.day for one in (*first.rows, *second.rows)]
    assert seen == [6, 5, 4, 3, 2]
    assert second.next == ""
    narrowed = rows(official, REFUSAL, since=date(2026, 3, 3), until=date(2026, 3, 4))
    assert [one.happened_at.day for one in narrowed] == [4, 3]
    assert not rows(official, REFUSAL, item_code="another")


def test_the_file_carries_reasons_and_nothing_that_begins_a_formula(me, official) -> None:
    key = sample.handed_in(me, at=AT).case_key
    do(journey.refuse_acceptance, key, official, reason="=HYPERLINK(1)")
    hear()
    data = actions.export_register(
        kind=REFUSAL, filter=RegisterFilter(), actor=official, at=AT + DAY
    )
    trace, heading, line = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert "1 条" in trace[0]
    assert official.reference in trace[0]
    assert line[heading.index("理由和内容")] == "'=HYPERLINK(1)"
    assert line[heading.index("情形")] == "不予受理"
    (taken,) = entries.list_entries(subject="register:refusal")
    assert (taken.act, taken.facts["count"]) == ("registers.exported", 1)


def test_too_many_rows_are_refused_not_cut(monkeypatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    with pytest.raises(exports.TooManyRows):
        exports.write_csv(columns=["a"], rows=[["1"]] * 3, trace="x")
