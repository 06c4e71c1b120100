"""A person or a firm named on a form is compared with the register, and no more than that is told."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.intake.definitions import Said
from yiwang.capability.journey import looking_up, sample
from yiwang.foundation.exchange import breaker, simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.foundation.libraries import providers
from yiwang.foundation.libraries import sample as libraries
from yiwang.foundation.libraries.queries import find_bank_account, find_citizen_id
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import READ
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
assert providers
AT = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
NOBODY = {"name": "张三", "citizen_id": "11010519491231002X"}


@pytest.fixture(autouse=True)
def _rested():
    breaker.forget_all()
    yield
    breaker.forget_all()


@pytest.fixture
def item():
    return sample.publish(sample.ALLOWANCE, at=AT)


@pytest.fixture
def elder(item):
    return sample.elder(at=AT)


@pytest.fixture
def me(item) -> Actor:
    return sample.citizen(libraries.register_person(7, at=AT, born_on=date(1970, 1, 1)))


def named(person, **changes) -> dict[str, str]:
    return {"name": person.name, "citizen_id": find_citizen_id(person.reference), **changes}


def filled(me: Actor, who: dict[str, str], account: str = "6217000000000001") -> str:
    answers = {
        "by_relative": True, "elder": who, "relation": "child", "phone": "13900000001",
        "account_kind": "social-card", "account": account,
    }  # fmt: skip
    return sample.filled(sample.ALLOWANCE, me, answers, at=AT, questions={"who": "relative"})


def said(draft, at=AT) -> list[Said]:
    return [one.said for one in intake_queries.list_told(draft, at=at)]


def look(key: str, me: Actor, at=AT):
    return journey.look_up(draft_key=key, actor=me, at=at)


def problems(draft) -> list[str]:
    return [p.field for p in intake_queries.check(draft, on=AT.date())]


def test_a_name_that_belongs_to_its_number_is_confirmed_however_it_was_typed(me, elder) -> None:
    draft = look(filled(me, named(elder, name=f" {elder.name[0]} {elder.name[1:]}")), me)
    assert said(draft) == [Said.AGREES]
    assert problems(draft) == []


def test_a_name_that_does_not_belong_to_its_number_never_brings_out_the_right_one(
    me, elder
) -> None:
    key = filled(me, named(elder, name="王一"))
    draft = look(key, me)
    assert said(draft) == [Said.DIFFERS]
    (problem,) = intake_queries.check(draft, on=AT.date())
    assert "对不上" in problem.sentence
    assert elder.name not in problem.sentence + problem.remedy
    assert elder.name not in repr(draft)
    assert elder.reference not in repr(draft.looked_up), "only the journal knows who it was"
    with pytest.raises(InvalidInput):
        journey.submit(draft_key=key, idempotency_key="k", actor=me, at=AT)


def test_whom_no_register_lists_may_be_named_on_the_persons_own_word(me, elder) -> None:
    key = filled(me, NOBODY)
    draft = look(key, me)
    assert said(draft) == [Said.NOT_LISTED]
    assert problems(draft) == []
    receipt = journey.submit(draft_key=key, idempotency_key="k", actor=me, at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    (row,) = (row for row in case.answers if row.field == "elder")
    assert row.checked == "人口库（示例数据）里没有查到，以本人所填为准"


def test_a_field_that_does_not_take_a_persons_own_word_needs_the_register(me, elder) -> None:
    key = filled(me, NOBODY)
    draft = look(key, me)
    (field,) = (f for f in _form(draft).fields if f.key == "elder")
    strict = _strictly(field)
    told = draft.looked_up[intake_queries.list_told(draft, at=AT)[0].key]
    assert told.lets_go_on(field)
    assert not told.lets_go_on(strict)


def _form(draft):
    return intake_queries.get_form(draft.item_code, draft.item_version)


def _strictly(field):
    from dataclasses import replace

    return replace(field, own_statement=False)


def test_a_register_that_is_away_lets_the_person_go_on_and_is_asked_again_later(me, elder) -> None:
    key = filled(me, named(elder))
    with simulator.misbehaving("person.match", Misbehaviour.AWAY):
        draft = look(key, me)
    assert said(draft) == [Said.AWAY]
    assert problems(draft) == []
    assert said(look(key, me)) == [Said.AGREES]


@pytest.mark.parametrize("mode", [Misbehaviour.GARBAGE, Misbehaviour.WRONG_TYPE])
def test_a_register_that_talks_nonsense_is_away(me, elder, mode) -> None:
    key = filled(me, named(elder))
    with simulator.misbehaving("person.match", mode):
        assert said(look(key, me)) == [Said.AWAY]


def test_handing_in_looks_up_whom_nobody_has_looked_up_yet(me, elder) -> None:
    key = filled(me, named(elder), find_bank_account(elder.reference))
    receipt = journey.submit(draft_key=key, idempotency_key="k", actor=me, at=AT)
    (row,) = (r for r in cases.get_case(receipt.case_key, me, at=AT).answers if r.field == "elder")
    assert row.checked == "已和人口库（示例数据）核对，一致"
    again = filled(me, named(elder, name="王一"))
    with pytest.raises(InvalidInput):
        journey.submit(draft_key=again, idempotency_key="k2", actor=me, at=AT)


def test_freezing_alone_refuses_whom_nobody_has_looked_up(me, elder) -> None:
    with pytest.raises(intake.NotLookedUp), transaction.atomic():
        intake.freeze(draft_key=filled(me, named(elder)), case="case:x", actor=me, at=AT)


@pytest.mark.parametrize("name", ["", "王一"])
def test_who_was_looked_up_can_see_by_whom_and_what_for(me, elder, name) -> None:
    look(filled(me, named(elder, name=name or elder.name)), me)
    (entry,) = journal.list_reads_of(elder.reference)
    assert (entry.act, entry.actor, entry.subject) == (READ, me.reference, elder.reference)
    assert entry.purpose.startswith("核对申请表里的老人的姓名和身份证号")
    assert ("没有给看" in entry.purpose) is bool(name)


def test_looking_up_oneself_or_nobody_is_no_reading_of_another(me, elder) -> None:
    own = look(filled(me, _myself(me)), me)
    assert said(own) == [Said.AGREES]
    look(filled(me, NOBODY), me)
    assert journal.list_reads_of(me.reference) == ()
    assert [e.facts["said"] for e in _looks(own.key)] == ["AGREES"]


def _myself(me: Actor) -> dict[str, str]:
    from yiwang.foundation.libraries.queries import get_person

    return named(get_person(me.reference))


def _looks(key: str):
    entries = journal.list_entries(subject=f"draft:{key}")
    return [entry for entry in entries if entry.act == "intake.look_up"]


def test_what_is_known_is_not_asked_again_and_what_was_denied_is_after_a_day(me, elder) -> None:
    key = filled(me, NOBODY)
    look(key, me)
    look(key, me)
    assert len(_looks(key)) == 1
    look(key, me, at=AT + timedelta(hours=25))
    assert len(_looks(key)) == 2


def test_trying_numbers_ends_after_a_few_and_the_register_is_not_asked(me, elder, monkeypatch):
    monkeypatch.setattr(looking_up, "LIMITS", {"look-up-hour": (timedelta(hours=1), 2)})
    key = filled(me, NOBODY)
    for name in ("一", "二", "三", "四"):
        draft = intake_queries.get_draft(key, me)
        answers = {"elder": named(elder, name=f"王{name}")}
        journey.answer(draft_key=key, answers=answers, version=draft.version, actor=me, at=AT)
        draft = look(key, me)
    assert said(draft) == [Said.PAUSED]
    assert len(journal.list_reads_of(elder.reference)) == 2
    fresh = filled(me, named(elder))
    assert said(look(fresh, me)) == [Said.PAUSED], "another draft is no way around"
    assert said(look(fresh, me, at=AT + timedelta(hours=2))) == [Said.AGREES]


def test_nobody_looks_up_through_another_persons_draft_or_one_handed_in(me, elder) -> None:
    key = filled(me, named(elder), find_bank_account(elder.reference))
    with pytest.raises(NotFound):
        look(key, sample.citizen(elder))
    journey.submit(draft_key=key, idempotency_key="k", actor=me, at=AT)
    with pytest.raises(intake.AlreadyHandedIn):
        look(key, me)


def test_names_and_numbers_looked_up_lie_in_no_table_and_no_journal_in_clear(me, elder) -> None:
    look(filled(me, named(elder)), me)
    look(filled(me, NOBODY), me)
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_to_json(d)::text from intake_draft d union all"
            " select e.body::text from journal_entry e union all"
            " select row_to_json(t)::text from identity_throttle t"
        )
        text = "".join(row[0] for row in cursor.fetchall())
    hidden = {elder.name, NOBODY["citizen_id"], find_citizen_id(elder.reference)}
    assert not any(word in text or json.dumps(word)[1:-1] in text for word in hidden)


def returned(me, item, who):
    """A case that went to an official and came back with one thing to mend."""
    key = filled(me, who)
    look(key, me)
    receipt = journey.submit(draft_key=key, idempotency_key="k", actor=me, at=AT, by_person=True)
    journey.after_submission(case_key=receipt.case_key, actor=sample.PUBLISHER, at=AT)
    official = sample.official(item)
    version = cases.get_inside(receipt.case_key).version
    return journey.return_for_correction(
        case_key=receipt.case_key, version=version, problems=["老人姓名不对"],
        actor=official, at=AT,
    )  # fmt: skip


def mend(case, me, who, **changes):
    return journey.supply_correction(
        case_key=case.key, version=changes.get("version", case.version),
        answers={"elder": who}, actor=me, at=AT + timedelta(minutes=1),
    )  # fmt: skip


def test_who_is_named_in_a_correction_is_looked_up_as_at_submission(me, elder, item) -> None:
    case = returned(me, item, NOBODY)
    mended = mend(case, me, named(elder))
    (row,) = (row for row in mended.answers if row.field == "elder")
    assert row.checked.startswith("已和人口库（示例数据）核对")
    read = [e for e in journal.list_reads_of(elder.reference) if "case" in e.facts]
    assert [e.facts["case"] for e in read] == [case.reference]


def test_a_correction_with_a_name_that_is_not_the_numbers_is_refused_and_written_down(
    me, elder, item
) -> None:
    case = returned(me, item, NOBODY)
    with pytest.raises(InvalidInput) as refused:
        mend(case, me, named(elder, name="王一"))
    (problem,) = refused.value.fields
    assert problem.field == "elder"
    assert elder.name not in problem.sentence + problem.remedy
    assert cases.get_case(case.key, me, at=AT).state == "RETURNED"
    (read,) = (e for e in journal.list_reads_of(elder.reference) if "case" in e.facts)
    assert read.result == "DIFFERS"


def test_a_correction_goes_on_when_the_register_is_away(me, elder, item) -> None:
    case = returned(me, item, NOBODY)
    with simulator.misbehaving("person.match", Misbehaviour.AWAY):
        mended = mend(case, me, named(elder))
    (row,) = (row for row in mended.answers if row.field == "elder")
    assert row.checked == "没能核对，以本人所填为准"


def test_no_register_is_asked_by_a_correction_nobody_asked_for(me, elder, item) -> None:
    case = returned(me, item, NOBODY)
    mended = mend(case, me, named(elder))
    before = len(journal.list_reads_of(elder.reference))
    with pytest.raises(CannotDo):
        mend(mended, me, named(elder, name="王一"))
    assert len(journal.list_reads_of(elder.reference)) == before
