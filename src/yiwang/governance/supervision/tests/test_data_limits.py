"""A department that does not answer another's request for data in time gets its cards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    AT,
    GIVING,
    PROVINCE,
    offer_as,
    received,
)
from yiwang.foundation.resources import actions as resources
from yiwang.foundation.resources.definitions.corrections import ANSWER, ANSWER_WITHIN
from yiwang.foundation.resources.models import DataCorrection, Resource
from yiwang.governance.supervision import queries as supervision
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.enquiries import actions as enquiries
from yiwang.support.enquiries.definitions import EnquiryKind, Look, Office

pytestmark = pytest.mark.django_db
SELF = machine("test")


@pytest.fixture(autouse=True)
def _offer(monkeypatch):
    offer_as(monkeypatch)


def hear(at) -> None:
    """What was announced takes effect; what that announces, too."""
    for _ in range(2):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def test_an_unanswered_request_gets_the_provider_its_cards() -> None:
    view = received()
    leader = ACTORS["leader"]
    for days, colours in ((1, []), (10, ["YELLOW"]), (21, ["RED", "YELLOW"])):
        at = AT + timedelta(days=days)
        clocks.warn(at=at, actor=SELF)
        hear(at)
        cards = supervision.list_cards(leader).rows
        assert [card.colour for card in cards] == colours, days
    assert {card.matter_label for card in cards} == {"答复数据共享申请"}
    assert {card.subject for card in cards} == {view.reference}
    assert cards[0].basis == "政务数据共享条例第二十一条"
    late = AT + timedelta(days=22)
    asked = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=late
    )
    actions.sign_answer(key=view.key, version=asked.version, actor=ACTORS["giving head"], at=late)
    hear(late)
    assert all(card.settled_at for card in supervision.list_cards(leader).rows)


def test_a_source_that_does_not_verify_a_datum_gets_its_cards() -> None:
    correction = DataCorrection.objects.create(
        applicant="person:p", element="name", label="姓名", resource=_resource(),
        department=GIVING.uscc, department_name=GIVING.name, division_code=PROVINCE,
        asked_by="person:p", wrong="错字", asked_at=AT,
    )  # fmt: skip
    clocks.start(
        subject=correction.reference, kind=ANSWER, allowance=ANSWER_WITHIN, at=AT, actor=SELF
    )
    late = AT + timedelta(days=21)
    clocks.warn(at=late, actor=SELF)
    hear(late)
    (card,) = supervision.list_cards(ACTORS["leader"]).rows
    assert (card.colour, card.matter_label) == ("RED", "核实数据纠错")
    assert card.basis == "政务数据共享条例第二十六条"
    resources.decline(
        key=correction.key, version=1, answer="查了，没有错", actor=ACTORS["giver"], at=late
    )
    hear(late)
    assert supervision.get_card(card.key, ACTORS["leader"]).settled_at == late


def test_a_body_that_does_not_answer_a_question_gets_its_cards() -> None:
    asker = Actor(ActorKind.PERSON, "person:p", person="person:p")
    look = Look("call-1", AT, "某系统", "户籍信息", "核对")
    office = Office(PROVINCE, GIVING.uscc, GIVING.name)
    enquiries.ask(
        look=look, office=office, kind=EnquiryKind.QUESTION, words="为什么查", actor=asker, at=AT
    )
    late = AT + timedelta(days=21)
    clocks.warn(at=late, actor=SELF)
    hear(late)
    (card,) = supervision.list_cards(ACTORS["leader"]).rows
    assert (card.colour, card.matter_label) == ("RED", "答复当事人的询问")


def _resource() -> Resource:
    return Resource.objects.create(
        code="306001/000007", name="户籍信息", kind="DEPARTMENT", department=GIVING.uscc,
        department_name=GIVING.name, division_code=PROVINCE, sharing="CONDITIONAL",
        opening="NONE", data_class="GENERAL", grade=3, content={},
    )  # fmt: skip
