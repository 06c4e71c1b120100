"""A source that is away holds nobody up; when it answers, the case is looked at again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import owing, sample
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Supply
from yiwang.foundation.exchange import breaker, simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.kernel.actor import machine
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import queries as journal

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
WORKER = machine("worker")
pytestmark = pytest.mark.django_db
AWAY = "person.alive"


@pytest.fixture(autouse=True)
def _calm():
    breaker.forget_all()
    yield
    breaker.forget_all()


@pytest.fixture
def item(db):
    return sample.publish(sample.ALLOWANCE, at=AT)


@pytest.fixture
def me(item):
    return sample.citizen(sample.elder(at=AT))


@pytest.fixture
def receipt(me):
    """Handed in while the register of who lives was away."""
    from yiwang.foundation.libraries import queries as libraries

    answers = sample.allowance_answers(libraries.get_person(me.reference))
    with simulator.misbehaving(AWAY, Misbehaviour.AWAY):
        given = sample.submitted(sample.ALLOWANCE, me, answers, at=AT)
        jobs.run_waiting(at=AT)
    return given


def look(receipt, me):
    return cases.get_case(receipt.case_key, me, at=LATER)


def supplies(receipt):
    found = materials.list_materials(subject=f"case:{receipt.case_key}")
    return {one.material: one.supply for one in found}


def fetch(at=LATER):
    owing.fetch_owed(actor=WORKER, at=at)


def work():
    jobs.run_waiting(at=LATER)


def test_it_goes_in_and_says_what_is_owed(receipt, me):
    case = look(receipt, me)
    assert case.state == "WITH_OFFICIAL"
    assert supplies(receipt)["life"] is Supply.PENDING
    [line] = [m for m in case.materials if m.name == "健在情况"]
    assert "不用您交" in line.label


def test_while_the_source_stays_away_nothing_changes(receipt, me):
    with simulator.misbehaving(AWAY, Misbehaviour.AWAY):
        fetch()
    assert supplies(receipt)["life"] is Supply.PENDING
    assert owing.material_queries.list_pending(before=LATER) == ()


def test_when_everything_owed_has_come_the_case_is_checked_again(receipt, me):
    before = len(look(receipt, me).rulings)
    fetch()
    assert Supply.PENDING not in supplies(receipt).values()
    work()
    case = look(receipt, me)
    assert case.state == "WITH_OFFICIAL"  # whose work it is stays who decides
    assert len(case.rulings) == before + 1
    assert max(case.rulings, key=lambda one: one.at).outcome == "APPROVE"
    labels = [row.label for row in case.timeline]
    assert labels[-1] == "数据到齐，重新核对条件"
    assert "其他部门的数据到了" in labels


def test_a_case_that_was_decided_meanwhile_is_left_alone(receipt, me, item):
    fetch()
    case = look(receipt, me)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=LATER)
    before = len(look(receipt, me).rulings)
    work()
    assert len(look(receipt, me).rulings) == before


def test_for_a_case_that_is_over_nobody_is_asked(receipt, me):
    case = look(receipt, me)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=LATER)
    fetch()
    assert materials.list_pending(before=LATER) == ()
    acts = [e.act for e in journal.list_entries(subject=f"case:{case.key}")]
    assert "materials.not_needed" in acts
    assert "materials.material_arrived" not in acts


def test_a_source_that_has_no_record_leaves_it_to_the_official(receipt, me, monkeypatch):
    from yiwang.foundation.exchange import sources

    source = sources.find_source(AWAY)
    from dataclasses import replace

    monkeypatch.setitem(
        sources._REGISTRY, AWAY, replace(source, provide=lambda *, subject, parameters: None)
    )
    fetch()
    assert supplies(receipt)["life"] is Supply.MISSING
    assert any("没有查到“健在情况”" in row.detail for row in look(receipt, me).timeline)
    work()
    assert look(receipt, me).decision is None


def test_somebody_born_too_late_is_still_no_for_a_person_to_say(item):
    young = sample.elder(2, at=AT, born_on=date(1947, 1, 1))
    actor = sample.citizen(young)
    with simulator.misbehaving(AWAY, Misbehaviour.AWAY):
        given = sample.submitted(sample.ALLOWANCE, actor, sample.allowance_answers(young), at=AT)
        jobs.run_waiting(at=AT)
    fetch()
    work()
    case = look(given, actor)
    assert (case.state, case.decision) == ("WITH_OFFICIAL", None)
