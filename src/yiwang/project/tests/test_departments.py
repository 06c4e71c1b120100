"""The sample departments answer over the exchange about the sample's own people."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import breaker, calls, routes, simulator, sources
from yiwang.foundation.exchange.definitions import CallStatus, Misbehaviour, Question, Status
from yiwang.foundation.exchange.models import Receipt, Service
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.network.nodes.sample import LANZHOU, POLICE
from yiwang.project import departments
from yiwang.project.departments_cast import DEPARTMENTS

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
WHY = {"purpose": departments.PURPOSES[0], "item": "gaoling", "case": "62-2026-000007"}


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def open_departments(node, settings):
    settings.EXCHANGE_PORT = node.port
    breaker.forget_all()
    with departments.listening() as port:
        departments.publish(port)
        yield port
    breaker.forget_all()


@pytest.fixture
def elder(db):
    return people.register_person(1, at=AT, born_on=date(1944, 2, 29))


def ask_all(elder):
    """Once the exchange has read its books again."""
    names = ("person.name", "person.born_on", "person.alive", "person.allowance_elsewhere")
    end = time.monotonic() + 6
    while True:
        breaker.forget_all()
        answers = sources.ask_all(
            [Question(name, elder.reference) for name in names], limit_seconds=3.0, **WHY
        )
        if Status.AWAY not in {one.status for one in answers} or time.monotonic() > end:
            return {one.source: one for one in answers}
        time.sleep(0.1)


def test_a_pack_learns_the_same_as_from_the_library(open_departments, elder):
    told = ask_all(elder)
    assert told["person.name"].value == elder.name
    assert told["person.born_on"].value == "1944-02-29"
    assert told["person.alive"].value is True
    assert told["person.allowance_elsewhere"].value is False
    last = Receipt.objects.filter(side="CONSUMER", status="FOUND").order_by("-id")[:2]
    assert {r.service for r in last} == {"62/household-register", "62/allowances"}
    assert {(r.purpose, r.item, r.case_no) for r in last} == {tuple(WHY.values())}


@pytest.mark.parametrize("mode", list(Misbehaviour))
def test_a_department_told_to_misbehave_is_away_and_heals(open_departments, elder, mode):
    ask_all(elder)
    with simulator.misbehaving("department.household_register", mode):
        answers = sources.ask_all(
            [Question(n, elder.reference) for n in ("person.alive", "person.allowance_elsewhere")],
            limit_seconds=1.5,
            **WHY,
        )
    assert [one.status for one in answers] == [Status.AWAY, Status.FOUND]
    assert ask_all(elder)["person.alive"].status is Status.FOUND


def test_every_department_answers_about_its_own(open_departments, elder):
    firm = people.register_organization(1, at=AT, name="示例公司")
    ask_all(elder)
    about = {
        "citizen_id": libraries.find_citizen_id(elder.reference),
        "uscc": firm.uscc,
        "name": elder.name,
        "number": firm.uscc,
    }
    for one in DEPARTMENTS:
        reply = calls.call(
            service=one.code,
            parameters={name: about[name] for name in one.told},
            limit_seconds=3.0,
            **WHY,
        )
        assert reply.status in (CallStatus.FOUND, CallStatus.NOT_FOUND), (one.name, reply)


def where(provider):
    return routes.find([provider])[provider].service


def test_a_department_is_asked_at_its_node_once_that_answers(db, settings):
    settings.NODES_BESIDE = (LANZHOU, POLICE)
    departments.publish(5001)
    assert where("person.name") == "62/household-register"
    routes.end(provider="person.alive", actor=departments.machine("operator"), at=AT)
    departments.move(POLICE)
    assert where("person.name") == f"{POLICE}/household-register"
    assert where("holder.premises") == "62/real-estate"
    assert agreements.has_grant(f"{LANZHOU}/real-estate", fields=["premises"])
    departments.publish(5002)  # the next start: nobody has answered yet
    assert where("person.name") == "62/household-register"
    assert "person.alive" not in routes.find(["person.alive"])


def test_a_further_node_has_its_own_departments_and_gives_no_grants(db, settings):
    settings.NODE, settings.REGISTRY = LANZHOU, "http://127.0.0.1:8010"
    departments.publish(5001)
    assert list(Service.objects.values_list("code", flat=True)) == [f"{LANZHOU}/real-estate"]
    assert routes.list_routes() == ()
    assert not agreements.has_grant(f"{LANZHOU}/real-estate", fields=["premises"])


def test_where_they_listen_may_change_and_what_was_ended_stays_ended(db):
    departments.publish(5001)
    routes.end(provider="person.alive", actor=departments.machine("operator"), at=AT)
    departments.publish(5002)
    addresses = set(Service.objects.values_list("upstream", flat=True))
    assert {address.split("/")[2] for address in addresses} == {"127.0.0.1:5002"}
    assert "person.alive" not in routes.find(["person.alive", "person.name"])
