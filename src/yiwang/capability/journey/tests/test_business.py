"""个体工商户设立登记: form check; on the spot, or an official; the result is a licence face."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView, Receipt
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import is_uscc
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.rulings import actions as rulings
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters
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
def me(person) -> Actor:
    return sample.citizen(person)


def hand_in(me: Actor, person, by_person: bool = False, **changes) -> Receipt:
    answers = sample.business_answers(person, **changes)
    return sample.submitted(CODE, me, answers, at=AT, questions=QUESTIONS, by_person=by_person)


def look(receipt: Receipt, actor: Actor) -> CaseView:
    return cases.get_case(receipt.case_key, actor, at=AT)


def test_a_complete_application_is_registered_on_the_spot(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    assert receipt.answer_by == date(2026, 3, 5)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    assert case.state == "CLOSED"
    licence = licences.find_case_licence(case.reference, at=AT)
    assert licence is not None
    rows = dict(licence.rows)
    assert is_uscc(rows["统一社会信用代码"])
    assert rows["经营范围"] == "日用百货销售、食品销售（仅销售预包装食品）"
    assert rows["名称"] == "兰州市城关区福来日用百货店"
    assert licence.specimen
    assert case.result is not None
    assert case.result.reference == licence.reference
    kinds = [letter.kind for letter in letters.list_letters(case.reference)]
    assert kinds == ["REGISTRATION", "RECEIPT"]


def test_a_name_already_taken_goes_to_an_official(me: Actor, person) -> None:
    libraries.register_organization(3, at=AT, name="兰州市城关区福来日用百货店")
    receipt = hand_in(me, person)
    jobs.run_waiting(at=AT)
    assert look(receipt, me).state == "WITH_OFFICIAL"


def test_an_official_hands_the_materials_back_once_and_one_applies_anew(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    case = journey.hand_back(
        case_key=case.key,
        version=case.version,
        problems=["地址写到门牌号", "签名"],
        actor=sample.official(item),
        at=AT,
    )
    assert case.state == "HANDED_BACK"
    assert case.correction == ("地址写到门牌号", "签名")
    assert case.clocks[0].stopped_on == date(2026, 3, 2)
    assert "HAND_BACK" in {letter.kind for letter in letters.list_letters(case.reference)}
    again = hand_in(me, person)
    jobs.run_waiting(at=AT)
    assert look(again, me).state == "CLOSED"


def test_an_official_registers_what_the_rule_could_not(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    case = journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="APPROVE",
        reason="齐全，符合法定形式",
        actor=sample.official(item),
        at=AT,
    )
    assert case.state == "CLOSED"
    assert licences.find_case_licence(case.reference, at=AT) is not None


def test_a_refusal_of_registration_names_article_20_and_the_rights(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    case = journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="REJECT",
        reason="经营项目被法律禁止",
        actor=sample.official(item),
        at=AT,
    )
    assert case.decision is not None
    assert case.decision.basis[0].article == "第二十条"
    assert licences.find_case_licence(case.reference, at=AT) is None
    assert "REFUSAL_OF_REGISTRATION" in {
        letter.kind for letter in letters.list_letters(case.reference)
    }


def test_what_does_not_belong_here_is_refused_with_where_to_turn(me, person, item) -> None:
    receipt = hand_in(me, person, by_person=True)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    case = journey.refuse_acceptance(
        case_key=case.key,
        version=case.version,
        reason="不属于市场主体登记范畴",
        advice="请到民政部门办理。",
        actor=sample.official(item),
        at=AT,
    )
    assert case.state == "REFUSED"
    assert "REFUSAL_OF_ACCEPTANCE" in {
        letter.kind for letter in letters.list_letters(case.reference)
    }


def test_an_explanation_speaks_words_and_the_record_keeps_the_codes(me: Actor, person) -> None:
    receipt = hand_in(me, person)
    jobs.run_waiting(at=AT)
    case = look(receipt, me)
    (ruling,) = case.rulings
    told = "".join(ruling.explanation)
    assert "有店面或者固定地点" in told
    assert "城关区" in told
    assert "内地居民" in told
    assert not re.search(r"shop|mainland|declaration|620102|true|false", told), told
    assert ruling.inputs is not None
    assert ruling.inputs["place_kind"].value == "shop"
    assert ruling.inputs["place_division"].value == "620102001000"
    assert [one.differences for one in rulings.replay(subject=case.reference)] == [()]


def test_what_kept_a_rule_from_approving_is_said_in_words(me: Actor, person) -> None:
    file = "0" * 16
    draft = journey.start(item_code=CODE, actor=me, at=AT, questions=QUESTIONS)
    with pytest.raises(InvalidInput):  # somebody else's file is not believed
        journey.answer(
            draft_key=draft.key, answers={"place_file": [file]}, version=1, actor=me, at=AT
        )
    receipt = hand_in(me, person, scope_listed=False, scope_free="旧货收购", approval="none")
    jobs.run_waiting(at=AT)
    case = look(receipt, sample.citizen(person))
    told = "".join(case.rulings[0].explanation)
    assert case.state == "WITH_OFFICIAL"
    assert "经营项目" in told
    assert not re.search(r"shop|mainland|declaration|620102|true|false", told), told
