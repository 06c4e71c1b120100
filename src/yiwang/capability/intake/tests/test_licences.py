"""A question that lets the applicant choose one of their own licences, and fills in what it states."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.intake import actions, queries
from yiwang.capability.intake.definitions import parse_form
from yiwang.kernel.actor import machine
from yiwang.support.licences import sample as licences

pytestmark = pytest.mark.django_db
ITEM = "road"
FORM = {
    "title": "延期",
    "x-steps": [{"key": "all", "title": "延期", "fields": ["old", "name", "first", "why"]}],
    "required": ["old"],
    "properties": {
        "old": {"title": "哪一张", "x-kind": "licence", "x-licence": "sample-licence"},
        "name": {
            "title": "名称",
            "x-prefill": {
                "source": "holder.licence_value",
                "with": {"identifier": "answer:old", "field": "text:name"},
            },
        },
        "first": {
            "title": "从哪天起", "format": "date",
            "x-prefill": {
                "source": "holder.licence_value",
                "with": {"identifier": "answer:old", "field": "text:valid_from"},
            },
        },
        "why": {"title": "原因"},
    },
}  # fmt: skip


@pytest.fixture
def mine(person, noon):
    licences.publish(noon)
    return licences.issue(case="case:one", at=noon, actor=machine("x"), holder=person.reference)


@pytest.fixture
def draft(person, noon):
    actions.publish_form(item_code=ITEM, item_version=1, form=FORM, actor=person, at=noon)
    return actions.start_draft(item_code=ITEM, item_version=1, actor=person, at=noon)


def save(draft, person, at, **answers):
    return actions.save_answers(
        draft_key=draft.key, answers=answers, version=draft.version, actor=person, at=at
    )


def filled(draft, person, at):
    said = queries.prefill(draft, person, at=at)
    return actions.keep_prefilled(draft_key=draft.key, found=said.found, actor=person, at=at)


def test_the_list_holds_ones_own_licences_in_force(mine, person, other, noon):
    [(identifier, label)] = queries.list_licences("sample-licence", person.reference, at=noon)
    assert identifier == mine.identifier
    assert label == "示例证照 第 0000000001 号"
    assert queries.list_licences("sample-licence", other.reference, at=noon) == ()
    assert queries.list_licences("another", person.reference, at=noon) == ()


def test_another_persons_licence_cannot_be_chosen(mine, draft, person, noon):
    theirs = licences.issue(case="case:two", at=noon, actor=machine("x"), holder="person:other")
    for number, wrong in ((mine.identifier, []), (theirs.identifier, ["old"]), ("1.2", ["old"])):
        draft = save(draft, person, noon, old=number)
        assert [p.field for p in queries.check(draft, on=date(2026, 12, 14))] == wrong


def test_what_the_chosen_licence_states_is_filled_in_and_said_from_where(mine, draft, person, noon):
    assert queries.wants_prefill(draft, queries.get_form(ITEM, 1).fields) == ()
    draft = save(draft, person, noon, old=mine.identifier)
    draft = filled(draft, person, noon)
    assert draft.answers["name"] == "城关区马晓燕小吃店"
    assert draft.answers["first"] == "2026-01-01"
    assert "电子证照库" in draft.prefilled["name"].source_label


def test_choosing_another_licence_forgets_what_the_first_said_but_not_what_was_typed(
    mine, draft, person, noon
):
    second = licences.issue(
        case="case:two", at=noon, actor=machine("x"), holder=person.reference,
        valid_from=date(2026, 12, 10),
    )  # fmt: skip
    draft = filled(save(draft, person, noon, old=mine.identifier), person, noon)
    draft = save(draft, person, noon, name="改过的名称")
    draft = save(draft, person, noon, old=second.identifier)
    assert draft.prefilled == {}
    assert (draft.answers["name"], "first" in draft.answers) == ("改过的名称", False)
    draft = filled(draft, person, noon)
    assert (draft.answers["name"], draft.answers["first"]) == ("改过的名称", "2026-12-10")


def test_the_answer_reads_as_the_licences_name(mine, person):
    form = parse_form(FORM)[0]
    [row] = queries.answer_rows(form, {"old": mine.identifier}, prefilled={}, file_names={})
    assert row.value == "示例证照 第 0000000001 号"


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("x-licence", "", "properties/old/x-licence"),
        ("x-prefill", {"source": "a", "given": {}}, "properties/old/x-prefill"),
        ("x-prefill", {"source": "a", "with": {"p": "name"}}, "properties/old/x-prefill/with/p"),
        ("x-prefill", {"source": "a", "with": {"p": "answer:nobody"}}, "properties/old/x-prefill"),
    ],
)
def test_mistakes_in_such_a_question_are_named(key, value, where):
    document = {**FORM, "properties": {**FORM["properties"]}}
    document["properties"]["old"] = {**FORM["properties"]["old"], key: value}
    assert where in [p.path for p in parse_form(document)[1]]
