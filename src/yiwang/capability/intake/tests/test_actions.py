"""Drafts on a real database."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from yiwang.capability.intake import actions, queries
from yiwang.capability.intake.definitions import Prefilled
from yiwang.capability.intake.models import Draft
from yiwang.capability.intake.sample import (
    ITEM_CODE,
    good_answers,
    publish_sample_form,
    sample_document,
    start_sample_draft,
)
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
CASE = "case:cccccccccccccccc"


@pytest.fixture
def draft(person, noon):
    publish_sample_form(actor=person, at=noon)
    return start_sample_draft(actor=person, at=noon)


def save(draft, person, at, version=None, **answers):
    return actions.save_answers(
        draft_key=draft.key,
        answers=answers,
        version=draft.version if version is None else version,
        actor=person,
        at=at,
    )


def freeze(draft, person, at, case=CASE):
    """As the journey does: what is refused is undone."""
    with transaction.atomic():
        return actions.freeze(draft_key=draft.key, case=case, actor=person, at=at)


@pytest.fixture
def known_places(monkeypatch):
    found = SimpleNamespace(valid_until=None, full_name="甘肃省兰州市城关区", code="620102000000")
    monkeypatch.setattr(queries.forms.directory, "find_division", lambda code: found)
    monkeypatch.setattr(
        queries.forms.directory, "find_divisions", lambda codes: dict.fromkeys(codes, found)
    )


def test_publishing_the_same_form_twice_is_one_form(person, noon):
    publish_sample_form(actor=person, at=noon)
    publish_sample_form(actor=person, at=noon)
    assert queries.has_form(ITEM_CODE, 1)


def test_a_published_version_cannot_become_another_form(person, noon):
    publish_sample_form(actor=person, at=noon)
    other = {**sample_document(), "title": "另一份"}
    with pytest.raises(actions.CannotPublishForm):
        actions.publish_form(item_code=ITEM_CODE, item_version=1, form=other, actor=person, at=noon)


def test_a_form_with_mistakes_is_refused_with_all_of_them(person, noon):
    with pytest.raises(actions.CannotPublishForm) as refusal:
        actions.publish_form(
            item_code="x", item_version=1, form={"title": 1}, actor=person, at=noon
        )
    assert {p.field for p in refusal.value.fields} >= {"x-steps", "properties"}


def test_what_is_typed_is_kept_for_another_device(draft, person, noon):
    later = noon + timedelta(minutes=1)
    saved = save(draft, person, later, name="马晓燕", phone="139 0000 0417")
    assert saved.version == draft.version + 1
    again = queries.get_draft(draft.key, person)
    assert again.answers == {"name": "马晓燕", "phone": "13900000417"}
    assert again.saved_at == later
    assert [row.key for row in queries.list_drafts(person, at=later).rows] == [draft.key]


def test_an_unfinished_answer_is_kept_as_it_is(draft, person, noon):
    assert save(draft, person, noon, citizen_id="110105").answers == {"citizen_id": "110105"}


def test_saving_the_same_again_changes_nothing(draft, person, noon):
    saved = save(draft, person, noon, name="马晓燕")
    assert save(draft, person, noon, name="马晓燕").version == saved.version


def test_another_persons_draft_does_not_exist(draft, other, noon):
    with pytest.raises(NotFound):
        queries.get_draft(draft.key, other)
    for act in (
        lambda: save(draft, other, noon, name="x"),
        lambda: freeze(draft, other, noon),
        lambda: actions.discard_draft(draft_key=draft.key, actor=other, at=noon),
        lambda: actions.keep_prefilled(draft_key=draft.key, found={}, actor=other, at=noon),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.list_drafts(other, at=noon).rows == ()


def test_drafts_are_paged_by_when_they_were_saved_even_in_the_same_moment(draft, person, noon):
    keys = [draft.key, *(start_sample_draft(actor=person, at=noon).key for _ in range(4))]
    seen, after = [], ""
    while True:
        page = queries.list_drafts(person, at=noon, after=after, limit=2)
        seen += [row.key for row in page.rows]
        if not (after := page.next):
            break
    assert seen == keys[::-1]
    assert queries.list_drafts(person, at=noon, item_code="another").rows == ()


def test_another_persons_draft_marks_no_page(draft, other, noon):
    with pytest.raises(NotFound):
        queries.list_drafts(other, at=noon, after=draft.key)


def test_two_devices_that_differ_keep_both_values_until_somebody_chooses(draft, person, noon):
    save(draft, person, noon, name="马晓燕", phone="13900000417")
    later = save(draft, person, noon, version=draft.version, name="马晓雁", born_on="1949-12-31")
    assert later.answers["name"] == "马晓燕"
    assert later.answers["born_on"] == "1949-12-31"
    [conflict] = later.conflicts
    assert (conflict.field, conflict.kept, conflict.other) == ("name", "马晓燕", "马晓雁")
    with pytest.raises(actions.AnswersConflict):
        freeze(draft, person, noon)
    again = save(later, person, noon, name="马晓燕")
    assert again.conflicts, "sending the shown value once more is not a choice"
    settled = save(later, person, noon, name="马晓雁")
    assert settled.conflicts == ()
    assert settled.answers["name"] == "马晓雁"


@pytest.mark.parametrize(("take_other", "name"), [(True, "马晓雁"), (False, "马晓燕")])
def test_the_person_chooses_between_two_devices(draft, person, noon, take_other, name):
    save(draft, person, noon, name="马晓燕")
    save(draft, person, noon, version=draft.version, name="马晓雁")
    settled = actions.settle(
        draft_key=draft.key, field="name", take_other=take_other, actor=person, at=noon
    )
    assert (settled.answers["name"], settled.conflicts) == (name, ())


def test_text_that_cannot_be_kept_is_refused_and_nothing_is_saved(draft, person, noon):
    with pytest.raises(InvalidInput) as refusal:
        save(draft, person, noon, name="马\x00", phone="13900000417")
    assert [p.field for p in refusal.value.fields] == ["name"]
    assert queries.get_draft(draft.key, person).answers == {}


def test_an_answer_to_a_question_the_form_does_not_ask_is_refused(draft, person, noon):
    with pytest.raises(InvalidInput):
        save(draft, person, noon, applicant="person:cccccccccccccccc")


def test_a_strangers_file_key_is_not_believed(draft, person, noon):
    with pytest.raises(InvalidInput):
        save(draft, person, noon, proof=["0123456789abcdef"])


def attach(draft, person, at):
    stored = files.store(data=content(Kind.PDF), filename="房产证.pdf", actor=person, at=at)
    return stored.key, actions.attach_file(
        draft_key=draft.key, field="proof", stored=stored, actor=person, at=at
    )


def test_a_file_belongs_to_its_question_until_it_is_taken_away(draft, person, noon):
    key, attached = attach(draft, person, noon)
    assert attached.answers["proof"] == [key]
    assert queries.list_attachments(draft.key, person) == {key: "房产证.pdf"}
    assert file_queries.is_attached(key, draft.reference)
    assert save(attached, person, noon, proof=[key]).answers["proof"] == [key]
    act = {"draft_key": draft.key, "field": "proof", "file_key": key, "actor": person, "at": noon}
    assert actions.detach_file(**act).files == ()
    assert not file_queries.is_attached(key, draft.reference)
    with pytest.raises(NotFound):
        actions.detach_file(**act)


def test_a_kind_the_question_does_not_take_is_refused_at_whichever_door_it_was_stored(
    draft, person, noon
):
    stored = files.store(data=content(Kind.DOCX), filename="房产证.docx", actor=person, at=noon)
    with pytest.raises(InvalidInput) as refused:
        actions.attach_file(
            draft_key=draft.key, field="proof", stored=stored, actor=person, at=noon
        )
    assert refused.value.fields[0].sentence == "这里可以上传：pdf、jpg、png。"
    assert queries.list_attachments(draft.key, person) == {}


def test_no_more_files_than_the_question_takes(draft, person, noon):
    attach(draft, person, noon)
    attach(draft, person, noon)
    with pytest.raises(actions.TooManyFiles):
        attach(draft, person, noon)


def test_the_files_of_what_is_handed_in_stay_with_the_case(draft, person, noon, known_places):
    key, _ = attach(draft, person, noon)
    save(draft, person, noon, **good_answers())
    freeze(draft, person, noon)
    assert file_queries.is_attached(key, CASE)


def test_a_prefilled_answer_never_replaces_what_the_person_said(draft, person, noon):
    save(draft, person, noon, name="马小燕")
    fact = Prefilled("马晓燕", "人口库", noon, "person.name")
    number = Prefilled("11010519491231002X", "人口库", noon, "person.citizen_id")
    kept = actions.keep_prefilled(
        draft_key=draft.key, found={"name": fact, "citizen_id": number}, actor=person, at=noon
    )
    assert kept.answers["name"] == "马小燕"
    assert kept.answers["citizen_id"] == "11010519491231002X"
    assert kept.prefilled["name"].value == "马晓燕"


def test_what_is_handed_in_says_where_it_came_from_and_what_contradicts(
    draft, person, noon, known_places
):
    hidden = {"relative": {"name": "无关", "citizen_id": "1"}}
    save(draft, person, noon, **good_answers(), **hidden)
    facts = {
        "name": Prefilled("马晓燕", "人口库", noon, "person.name"),
        "citizen_id": Prefilled("620102194603120419", "人口库", noon, "person.citizen_id"),
    }
    actions.keep_prefilled(draft_key=draft.key, found=facts, actor=person, at=noon)
    application = freeze(draft, person, noon)
    assert application.answers == good_answers()
    assert set(application.sources) == {"name"}
    [contradiction] = application.contradictions
    assert contradiction.register_value == "620102194603120419"
    rows = {row.field: row for row in application.rows}
    assert rows["name"].source == "人口库"
    assert rows["citizen_id"].masked == "110105********002X"
    assert rows["place"].value == "甘肃省兰州市城关区"
    assert rows["by_relative"].value == "否"


def test_an_unfinished_form_is_refused_field_by_field(draft, person, noon):
    with pytest.raises(InvalidInput) as refusal:
        freeze(draft, person, noon)
    assert "citizen_id" in {p.field for p in refusal.value.fields}
    assert queries.get_draft(draft.key, person).submitted_case is None


def test_what_is_handed_in_cannot_be_changed_or_handed_in_again(draft, person, noon, known_places):
    save(draft, person, noon, **good_answers())
    freeze(draft, person, noon)
    assert queries.get_draft(draft.key, person).submitted_case == CASE
    for verb in (
        lambda: freeze(draft, person, noon, "case:dddddddddddddddd"),
        lambda: save(draft, person, noon, name="x"),
    ):
        with pytest.raises(actions.AlreadyHandedIn):
            verb()


def test_answers_never_lie_in_clear_in_the_table(draft, person, noon):
    save(draft, person, noon, citizen_id="11010519491231002X", account="6222020000000000000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM intake_draft d")
        row = cursor.fetchone()[0]
    assert "11010519491231002X" not in row
    assert "6222020000000000000" not in row


def test_the_journal_says_what_was_done_but_not_what_was_typed(draft, person, noon):
    save(draft, person, noon, name="马晓燕")
    entries = journal.list_entries(subject=draft.reference)
    assert [e.act for e in entries] == ["intake.start", "intake.save"]
    assert "马晓燕" not in repr(entries)


def test_an_expired_draft_is_gone_with_its_answers(draft, person, noon):
    late = noon + timedelta(days=31)
    with pytest.raises(NotFound):
        save(draft, person, late, name="x")
    with pytest.raises(NotFound):
        freeze(draft, person, late)
    assert actions.remove_expired(at=late) > 0
    assert not Draft.objects.filter(key=draft.key).exists()


def test_a_discarded_draft_keeps_no_answer(draft, person, noon):
    save(draft, person, noon, name="马晓燕")
    actions.discard_draft(draft_key=draft.key, actor=person, at=noon)
    assert Draft.objects.get(key=draft.key).answers == {}
    with pytest.raises(NotFound):
        queries.get_draft(draft.key, person)


@pytest.mark.django_db(transaction=True)
def test_twenty_devices_saving_at_once_lose_no_answer(person, noon):
    from concurrent.futures import ThreadPoolExecutor

    with transaction.atomic():
        publish_sample_form(actor=person, at=noon)
        draft = start_sample_draft(actor=person, at=noon)
    fields = ["name", "shop_name", "address", "note"] * 5

    def type_in(number):
        try:
            with transaction.atomic():
                save(draft, person, noon, version=1, **{fields[number]: f"第 {number} 台"})
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as devices:
        list(devices.map(type_in, range(20)))
    kept = queries.get_draft(draft.key, person)
    for name in set(fields):
        values = {kept.answers[name]} | {c.other for c in kept.conflicts if c.field == name}
        assert len(values) == 2, "the first stays, the last other one is kept beside it"
    assert kept.version == 21


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("修鞋", "8192"),
        ("修鞋店", "8192"),
        ("开个修鞋铺", "8192"),
        ("小卖部", "5213"),
        ("超市", "5212"),
        ("面馆", "6291"),
        ("奶茶", "6239"),
        ("理发店", "8040"),
        ("ktv", "9011"),
        ("五金", "5281"),
        ("小吃服务", "6291"),
        ("8192", "8192"),
        ("鞋 修理", "8192"),
    ],
)
def test_an_industry_is_found_first_by_what_people_call_it(typed, code):
    assert queries.list_industries(typed)[0][0] == code


def test_every_everyday_word_finds_its_industry_first():
    everyday = standards.everyday_words("industry")
    wrong = [
        (word, code)
        for code, words in everyday.items()
        for word in words
        if queries.list_industries(word)[0][0] != code
    ]
    assert wrong == []


@pytest.mark.parametrize("typed", ["", "   ", "没有这一行", "卖包子的神仙"])
def test_what_is_no_industry_finds_none(typed):
    assert queries.list_industries(typed) == ()
