"""A citizen who tampers: with hidden fields, versions, other people's drafts, names and identities."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.models import Case
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import queries as libraries_queries
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import ActorKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.licences import queries as licences

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
CODE = sample.BUSINESS
QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@pytest.fixture
def item(db):
    directory.load_chengguan()
    return sample.publish(CODE, at=AT)


@pytest.fixture
def person(item):
    return libraries.register_person(5, at=AT, born_on=date(1980, 1, 1))


@pytest.fixture
def me(person):
    return sample.citizen(person)


def answered(me, person, questions=QUESTIONS, **changes: Any) -> str:
    answers = sample.business_answers(person, **changes)
    return sample.filled(CODE, me, answers, at=AT, questions=questions)


def submit(draft: str, me, key: str = "key-0001") -> Any:
    return journey.submit(draft_key=draft, idempotency_key=key, actor=me, at=AT)


def test_a_guide_that_promised_a_declaration_does_not_spare_the_document(me, person) -> None:
    """The question said declaration, the form says document and brings none."""
    with pytest.raises(InvalidInput) as caught:
        submit(answered(me, person, place_proof="document"), me)
    assert {problem.field for problem in caught.value.fields} == {"place_file"}


def test_a_form_that_needs_no_document_is_not_asked_for_the_guides(me, person) -> None:
    guide = {**QUESTIONS, "proof": "document", "operator": "hk-macao-taiwan", "approval": "held"}
    receipt = submit(answered(me, person, questions=guide), me)
    jobs.run_waiting(at=AT)
    assert cases.get_case(receipt.case_key, me, at=AT).state == "CLOSED"


def test_a_program_that_answers_no_question_brings_nothing_it_need_not(me, person) -> None:
    receipt = submit(answered(me, person, questions={}), me)
    jobs.run_waiting(at=AT)
    assert cases.get_case(receipt.case_key, me, at=AT).state == "CLOSED"


def test_the_guides_answers_are_the_forms_first_answers(me) -> None:
    draft = journey.start(item_code=CODE, actor=me, at=AT, questions=QUESTIONS)
    assert draft.answers["place_kind"] == "shop"
    assert draft.answers["operator_kind"] == "mainland"


def test_questions_nobody_asks_and_answers_nobody_offers_are_dropped(me) -> None:
    strange = {"place": "moon", "x" * 50: "y", "operator": "mainland"}
    draft = journey.start(item_code=CODE, actor=me, at=AT, questions=strange)
    assert dict(draft.questions) == {"operator": "mainland"}


def test_an_answer_to_a_hidden_field_is_dropped_and_reaches_no_table(me, person) -> None:
    draft = answered(me, person, place_kind="online", platform="示例平台",
                     shop_address="https://shop.example.cn/1", trade_name="福来", has_name=False)  # fmt: skip
    receipt = submit(draft, me)
    inside = cases.get_inside(receipt.case_key)
    assert not {"trade_name", "place_division", "place_address", "place_proof"} & set(
        inside.answers
    )
    jobs.run_waiting(at=AT)
    licence = licences.find_case_licence(f"case:{receipt.case_key}", at=AT)
    assert licence is not None
    assert "福来" not in str(licence.rows)


@pytest.mark.parametrize(
    "bad", ["张\x00三", "张\ud800三", "张\x1b三", "长" * 61, 7, None, ["张三"], {"name": "张三"}]
)
def test_names_that_cannot_be_kept_never_become_a_case(me, person, bad: Any) -> None:
    with pytest.raises(InvalidInput):
        submit(answered(me, person, name=bad), me)
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["𠮷野家", "阿卜杜拉·买买提", "བཀྲ་ཤིས།", "福来😀小店"])
def test_every_legal_hand_is_kept_as_it_was_written(me, person, name: str) -> None:
    receipt = submit(answered(me, person, trade_name=name), me)
    assert cases.get_inside(receipt.case_key).answers["trade_name"] == name


def test_fields_the_form_does_not_have_are_refused_or_dropped(me, person) -> None:
    draft = answered(me, person)
    view = intake_queries.get_draft(draft, me)
    try:
        journey.answer(
            draft_key=draft, answers={"uscc": "92620102MA0000000X", "question:operator": "x"},
            version=view.version, actor=me, at=AT,
        )  # fmt: skip
    except InvalidInput:
        pass
    else:
        assert "uscc" not in intake_queries.get_draft(draft, me).answers
    receipt = submit(draft, me)
    assert "uscc" not in cases.get_inside(receipt.case_key).answers


def test_another_persons_draft_is_as_absent_as_none(me, person) -> None:
    draft = answered(me, person)
    thief = sample.citizen(libraries.register_person(6, at=AT))
    with pytest.raises(NotFound):
        submit(draft, thief)
    with pytest.raises(NotFound):
        journey.answer(draft_key=draft, answers={"name": "我"}, version=1, actor=thief, at=AT)
    assert not Case.objects.exists()


def test_a_double_click_is_one_case_and_a_used_draft_cannot_be_filled_again(me, person) -> None:
    draft = answered(me, person)
    first = submit(draft, me)
    assert submit(draft, me) == first
    with pytest.raises(intake.AlreadyHandedIn):
        submit(draft, me, key="key-0002")
    with pytest.raises(intake.AlreadyHandedIn):
        journey.answer(draft_key=draft, answers={"phone": "1"}, version=1, actor=me, at=AT)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("version", [0, -1, 2**31, 99])
def test_an_act_on_a_version_nobody_saw_is_refused(me, person, version: int) -> None:
    receipt = submit(answered(me, person), me)
    with pytest.raises(VersionConflict):
        journey.withdraw(case_key=receipt.case_key, version=version, actor=me, at=AT)


def test_a_draft_keeps_its_version_when_the_item_is_published_anew(me, person) -> None:
    draft = answered(me, person)
    before = intake_queries.get_draft(draft, me).item_version
    receipt = submit(draft, me)
    assert cases.get_inside(receipt.case_key).item_version == before


def test_a_firm_does_not_apply_for_what_serves_persons(me, person) -> None:
    firm = replace(me, on_behalf_of="organization:firm")
    with pytest.raises(journey.NotForYou):
        journey.start(item_code=CODE, actor=firm, at=AT)
    as_firm = replace(me, kind=ActorKind.ORGANIZATION, reference="organization:firm")
    with pytest.raises(journey.NotForYou):
        journey.start(item_code=CODE, actor=as_firm, at=AT)


def test_another_persons_identity_in_ones_own_name_is_looked_at_by_a_person(me, person) -> None:
    other = libraries.register_person(8, at=AT, born_on=date(1985, 1, 1))
    receipt = submit(answered(me, person, name=other.name,
                              citizen_id=libraries_queries.find_citizen_id(other.reference)), me)  # fmt: skip
    jobs.run_waiting(at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    assert case.state == "WITH_OFFICIAL"
    assert "填写的姓名或者身份证号和登记的不一样，由工作人员核对" in [
        r.detail for r in case.timeline
    ]


def test_a_citizen_takes_no_officials_act(me, person) -> None:
    receipt = submit(answered(me, person), me)
    with pytest.raises((NotAllowed, CannotDo)):
        journey.decide(
            case_key=receipt.case_key, version=1, outcome="APPROVE", reason="我同意",
            actor=me, at=AT,
        )  # fmt: skip
