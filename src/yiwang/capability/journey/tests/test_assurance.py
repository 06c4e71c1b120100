"""实名等级: asked for at the beginning and again when the application is handed in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yiwang.capability import journey
from yiwang.capability.cases.models import Case
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.journey import sample
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key
from yiwang.support.identity.definitions.factors import NeedsStepUp

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
CODE = sample.ALLOWANCE


@pytest.fixture
def person(db):
    sample.publish(CODE, at=AT, changes={"assurance": 4, "assurance_local": True})
    return sample.elder(at=AT)


@pytest.fixture
def me(person):
    return sample.citizen(person)


def test_a_three_does_not_begin_what_asks_for_four(me):
    with pytest.raises(NeedsStepUp) as caught:
        journey.start(item_code=CODE, actor=me, at=AT)
    assert caught.value.level == 4


def test_a_draft_begun_as_a_four_is_not_handed_in_as_a_three(me, person):
    raised = replace(me, assurance_level=4)
    key = sample.filled(CODE, raised, sample.allowance_answers(person), at=AT)
    with pytest.raises(NeedsStepUp):
        journey.submit(draft_key=key, idempotency_key=new_key(), actor=me, at=AT)
    assert not Case.objects.exists()
    receipt = journey.submit(draft_key=key, idempotency_key=new_key(), actor=raised, at=AT)
    assert receipt.case_no


def test_an_item_that_asks_for_nothing_takes_everybody(db):
    sample.publish(CODE, at=AT)
    low = replace(sample.citizen(sample.elder(at=AT)), assurance_level=2)
    assert journey.start(item_code=CODE, actor=low, at=AT)


def test_an_official_at_a_counter_has_seen_the_document(person):
    clerk = Actor(ActorKind.OFFICIAL, "official:clerk", assurance_level=3)
    journey.insist_on_assurance(catalogue.get_item(CODE).item, clerk)
