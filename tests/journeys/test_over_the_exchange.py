"""A pack's story over the exchange: departments answer, one is switched off in the middle, it heals."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.journeys.test_by_api import citizen, hand_in
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import owing, sample
from yiwang.capability.journey.tests.conftest import _fresh  # noqa: F401  forgets cached packs
from yiwang.capability.materials import queries as materials
from yiwang.centre.indicators import queries as indicators
from yiwang.foundation.exchange import breaker, simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.project import background, departments
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db(transaction=True)
POLICE = "department.household_register"


@pytest.fixture(autouse=True)
def _forget():
    background.know_all()
    cache.clear()
    breaker.forget_all()
    yield
    breaker.forget_all()


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def over_the_exchange(node, settings):
    settings.EXCHANGE_PORT = node.port
    with departments.listening() as port:
        departments.publish(port)
        yield


@pytest.fixture
def me(client, over_the_exchange):
    at = moments.now()
    sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    program = citizen(client, person, at)
    program.person = person
    return program


def supplies(me, draft):
    sent = me.send(f"/drafts/{draft['key']}/materials/fetch")
    return {one["material"]: one["supply"] for one in sent}


def fill_in(me):
    draft = me.send("/drafts", {"item_code": sample.ALLOWANCE, "questions": {}}, 201)
    _until(lambda: me.send(f"/drafts/{draft['key']}/prefill"))
    draft = me.get(f"/drafts/{draft['key']}")
    body = {"version": draft["version"], "answers": sample.allowance_answers(me.person)}
    return me.send(f"/drafts/{draft['key']}", body, method="patch")


def _until(prefill):
    """The exchange reads its books again within two seconds; an early call is told nothing is known."""
    end = time.monotonic() + 8
    while True:
        prefill()
        if Receipt.objects.filter(service="62/household-register", status="FOUND").exists():
            return
        assert time.monotonic() < end, list(Receipt.objects.values("service", "status", "refusal"))
        breaker.forget_all()
        time.sleep(0.2)


def hear():
    for _ in range(3):
        journal.seal(at=moments.now())
        journal.run_listeners(at=moments.now())


def test_with_every_department_at_work_it_is_decided_at_once(me):
    draft = fill_in(me)
    told = supplies(me, draft)
    assert {told[key] for key in ("identity", "household", "life", "paid-elsewhere")} == {"FETCHED"}
    receipt = hand_in(me, draft)
    jobs.run_waiting(at=moments.now())
    case = me.get(f"/cases/{receipt['case_key']}")
    assert (case["state"], case["decision"]["by_rule"]) == ("CLOSED", True)
    told = Receipt.objects.filter(side="PROVIDER", status="FOUND")
    assert {one.item for one in told} == {sample.ALLOWANCE}
    assert {one.case_no for one in told} == {f"draft:{draft['key']}", case["case_no"]}
    assert {one.purpose for one in told} <= set(departments.PURPOSES)
    number = libraries.find_citizen_id(me.person.reference)
    assert all(one.subject_index and number not in str(vars(one)) for one in told)
    materials_asked = told.filter(purpose=materials.PURPOSE, service="62/household-register")
    assert materials_asked.count() == 1  # three papers of one department, one call
    hear()
    spared = indicators.get_spared(today=moments.legal_date(moments.now()))
    assert (spared.papers, spared.visits) == (4, 2)


def test_a_department_switched_off_in_the_middle_holds_nobody_up_and_heals(me):
    draft = fill_in(me)
    with simulator.misbehaving(POLICE, Misbehaviour.AWAY):
        told = supplies(me, draft)
        assert told["paid-elsewhere"] == "FETCHED"
        assert {told[key] for key in ("identity", "household", "life")} == {"PENDING"}
        receipt = hand_in(me, draft)
        jobs.run_waiting(at=moments.now())
        case = me.get(f"/cases/{receipt['case_key']}")
        assert case["state"] == "WITH_OFFICIAL"
        seen = cases.get_case(receipt["case_key"], machine("test"))
        assert any("不用您交" in one.label for one in seen.materials)
    later = moments.now() + timedelta(minutes=5)
    breaker.forget_all()
    owing.fetch_owed(actor=machine("worker"), at=later)
    jobs.run_waiting(at=later)
    assert not materials.owes(subject=f"case:{receipt['case_key']}")
    healed = cases.get_case(receipt["case_key"], machine("test"))
    assert [one.outcome for one in healed.rulings][-1:] == ["APPROVE"]
    assert healed.timeline[-1].label == "数据到齐，重新核对条件"
    late = Receipt.objects.filter(side="PROVIDER", case_no=case["case_no"], status="FOUND")
    assert {one.purpose for one in late} >= {materials.PURPOSE}
    away = Receipt.objects.filter(side="PROVIDER", status="AWAY")
    assert away.exists()
    hear()
    spared = indicators.get_spared(today=moments.legal_date(moments.now()))
    assert (spared.papers, spared.visits) == (4, 2)


def test_the_person_sees_who_asked_and_why(me):
    draft = fill_in(me)
    supplies(me, draft)
    receipt = hand_in(me, draft)
    jobs.run_waiting(at=moments.now())
    browser = Client()
    accounts.sign_in_client(browser, me.person.reference)
    page = browser.get("/my/reads/").content.decode()
    case = me.get(f"/cases/{receipt['case_key']}")
    for words in ("户籍信息查询（示例）", "是否健在", "核对办理条件", case["case_no"], "查到了"):
        assert words in page
