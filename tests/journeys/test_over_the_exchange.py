"""The five packs over the exchange: departments answer, one is switched off in the middle, it heals."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.journeys.test_by_api import citizen, hand_in
from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.intake import actions as filling
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import facts, owing, sample
from yiwang.capability.journey.tests.conftest import _fresh  # noqa: F401  forgets cached packs
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Supply
from yiwang.centre.indicators import queries as indicators
from yiwang.foundation.exchange import breaker, simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.references import new_key
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as books
from yiwang.network.directory import sample as places
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


def _until(prefill, service="62/household-register"):
    """The exchange reads its books again within two seconds; an early call is told nothing is known."""
    end = time.monotonic() + 8
    while True:
        prefill()
        if Receipt.objects.filter(service=service, status="FOUND").exists():
            return
        assert time.monotonic() < end, list(Receipt.objects.values("service", "status", "refusal"))
        breaker.forget_all()
        time.sleep(0.2)


def hear():
    for _ in range(3):
        books.seal(at=moments.now())
        books.run_listeners(at=moments.now())


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


# --- the other four packs -------------------------------------------------------------------------


def prefilled(code, actor, answers, *, service, questions=None):
    """A draft of which the registers have filled in what they know; then the answers."""
    draft = journey.start(item_code=code, actor=actor, at=moments.now(), questions=questions)
    found = {}

    def ask():
        told = intake.prefill(intake.get_draft(draft.key, actor), actor, limit_seconds=5)
        found.update(told.found)

    _until(ask, service)
    with transaction.atomic():
        draft = filling.keep_prefilled(
            draft_key=draft.key, found=found, actor=actor, at=moments.now()
        )
    journey.answer(
        draft_key=draft.key, answers=answers, version=draft.version, actor=actor, at=moments.now()
    )
    return draft.key, {key: one.value for key, one in found.items()}


def fetched(key, actor):
    journey.fetch_materials(draft_key=key, actor=actor, at=moments.now())
    supplied = journey.list_supplied(intake.get_draft(key, actor))
    return {one.material: one.supply for one in supplied}


def handed_in(key, actor):
    """With its papers and signatures; what the machine does at once has happened."""
    at = moments.now()
    sample.supplied(key, actor, at=at)
    sample.signed(key, actor, at=at)
    return journey.submit(draft_key=key, idempotency_key=new_key(), actor=actor, at=at)


def told(receipt, services, *, item, draft):
    """Both sides hold a receipt of every call; each names item, purpose and the draft or the case."""
    rows = list(Receipt.objects.filter(service__in=services))
    assert {one.service for one in rows} == set(services)
    by_side = [{r.message for r in rows if r.side == side} for side in ("CONSUMER", "PROVIDER")]
    assert by_side[0] == by_side[1]
    assert {one.item for one in rows} == {item}
    assert {one.purpose for one in rows} <= set(departments.PURPOSES)
    cases_named = {one.case_no for one in rows}
    assert cases_named <= {f"draft:{draft}", receipt.case_no if receipt else ""}
    return rows


def healed(receipt, item):
    """Five minutes later the department is back: what is owed comes, an official opens the case."""
    later = moments.now() + timedelta(minutes=5)
    breaker.forget_all()
    owing.fetch_owed(actor=machine("worker"), at=later)
    jobs.run_waiting(at=later)
    assert not materials.owes(subject=f"case:{receipt.case_key}")
    handler = sample.official(item)
    return case_actions.read_case(case_key=receipt.case_key, actor=handler, at=later)


@pytest.fixture
def place(over_the_exchange):
    """Forms ask where; 城关区 down to its villages."""
    places.load_chengguan()


@pytest.fixture
def head(place):
    """马晓燕, who acts for her firm."""
    at = moments.now()
    person = people.register_person(2, at=at, name="马晓燕")
    firm = people.register_organization(1, at=at, legal_representative=person.reference)
    return replace(sample.citizen(person), assurance_level=4, on_behalf_of=firm.reference)


def test_a_shop_of_ones_own_needs_no_deed_and_the_land_register_may_be_away(place):
    at, code = moments.now(), sample.BUSINESS
    item = sample.publish(code, at=at)
    person = sample.elder(3, at=at, born_on=date(1988, 2, 3))
    me = sample.citizen(person)
    answers = sample.business_answers(person, place_proof="owned")
    questions = {"place": "shop", "proof": "owned", "operator": "mainland", "approval": "none"}
    key, known = prefilled(code, me, answers, service="62/household-register", questions=questions)
    assert known["domicile"] == libraries.find_address(person.reference)
    with simulator.misbehaving("department.real_estate", Misbehaviour.AWAY):
        assert fetched(key, me)["place-owned"] is Supply.PENDING
        receipt = handed_in(key, me)
        jobs.run_waiting(at=moments.now())
    case = cases.get_case(receipt.case_key, me)
    (owed,) = [one for one in case.materials if one.key == "place-owned"]
    assert (case.state, owed.label) == ("WITH_OFFICIAL", "我们接着取，不用您交")
    after = healed(receipt, item)
    (came,) = [one for one in after.materials if one.key == "place-owned"]
    assert came.state == Supply.FETCHED
    assert "坐落：兰州市城关区示例路" in came.told
    assert after.timeline[-1].label == "数据到齐，重新核对条件"
    rows = told(receipt, ["62/household-register", "62/real-estate"], item=code, draft=key)
    found = {r.case_no for r in rows if r.service == "62/real-estate" and r.status == "FOUND"}
    assert found == {receipt.case_no}


def test_a_restaurant_brings_neither_licence_nor_clean_record(head):
    at, code = moments.now(), sample.FOOD
    item = sample.publish(code, at=at)
    questions = {"act": "new", "kind": "catering", "raw": "no-raw", "place": "shop"}
    key, known = prefilled(
        code, head, sample.food_answers(), service="62/business-register", questions=questions
    )
    assert known["place_address"].startswith("示例路")
    with simulator.misbehaving("department.credit", Misbehaviour.GARBAGE):
        came = fetched(key, head)
        assert (came["business-licence"], came["not-barred"]) == (Supply.FETCHED, Supply.PENDING)
        receipt = handed_in(key, head)
        jobs.run_waiting(at=moments.now())
    after = healed(receipt, item)
    papers = {one.key: one for one in after.materials}
    assert papers["not-barred"].told == "否"
    assert "统一社会信用代码" in papers["business-licence"].told
    assert after.timeline[-1].label == "其他部门的数据到了"
    services = ["62/business-register", "62/business-licence", "62/credit"]
    told(receipt, services, item=code, draft=key)
    hear()
    spared = indicators.get_spared(today=moments.legal_date(moments.now()))
    assert (spared.papers, spared.visits) == (2, 2)


def test_a_promise_is_not_decided_while_nobody_says_who_is_registered(head):
    at, code = moments.now(), sample.FIRE
    item = sample.publish(code, at=at)
    questions = {"kind": "listed", "size": "large", "road": "promise", "system": "simple"}
    key, known = prefilled(
        code, head, sample.fire_answers(), service="62/business-register", questions=questions
    )
    assert known["place_name"] == libraries.get_organization(head.applicant).name
    with simulator.misbehaving("department.business_licence", Misbehaviour.AWAY):
        assert fetched(key, head)["business-licence"] is Supply.PENDING
        receipt = handed_in(key, head)
        jobs.run_waiting(at=moments.now())
    assert cases.get_case(receipt.case_key, head).state == "WITH_OFFICIAL"
    after = healed(receipt, item)
    assert [one.outcome for one in after.rulings][-1:] == ["APPROVE"]
    assert after.timeline[-1].label == "数据到齐，重新核对条件"
    rows = told(receipt, ["62/business-register", "62/business-licence"], item=code, draft=key)
    purposes = {r.purpose for r in rows if r.case_no == receipt.case_no and r.status == "FOUND"}
    assert purposes == {materials.PURPOSE, facts.PURPOSE}


def test_who_digs_a_road_need_not_write_who_builds(head):
    at, item = moments.now(), "road-occupation"
    sample.publish(item, at=at)
    key, known = prefilled(item, head, {"act": "new"}, service="62/business-register")
    assert known["builder"] == libraries.get_organization(head.applicant).name
    told(None, ["62/business-register"], item=item, draft=key)


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
    objected_and_answered(browser, page, receipt["case_key"])


def objected_and_answered(browser, page, case_key):
    """The last call is objected to: ten working days run, the body's data officer answers, the clock stops."""
    at, handled = moments.now(), cases.get_case(case_key, machine("test"))
    address = re.search(r"/my/reads/call-\d+/ask/", page)
    assert address
    sent = browser.post(address.group(), {"kind": "OBJECTION", "words": "为什么查我？"})
    key = sent.url.rstrip("/").rpartition("/")[2]
    (running,) = clocks.find_clocks(subjects=[f"enquiry:{key}"], at=at)[f"enquiry:{key}"]
    assert (running.allowance.amount, running.stopped_on) == (10, None)
    body, place = handled.department, handled.division_code
    account = accounts.open_official_account(
        "shuju", at=at, name="梁晓东", department=body, grants=((Role.DATA_OFFICER, place, body),)
    )
    officer = Client()
    accounts.sign_in_client(officer, account.subject)
    answer = {"finding": "IN_ORDER", "words": "为发放津贴核对。"}
    assert officer.post(f"/data/enquiries/{key}/", answer).status_code == 302
    assert "为发放津贴核对。" in browser.get(sent.url).content.decode()
    (stopped,) = clocks.find_clocks(subjects=[f"enquiry:{key}"], at=at)[f"enquiry:{key}"]
    assert stopped.stopped_on
