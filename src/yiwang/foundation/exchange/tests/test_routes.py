"""A source with a route is asked over the exchange; what packs see of it stays the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import breaker, routes, sample, simulator, sources
from yiwang.foundation.exchange.definitions import Misbehaviour, Question, RouteView, Shape, Status
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotFound

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
NUMBER, SERVICE = "62010219400101001X", "62/household-register"
WHY = {"purpose": "核对申请人情况", "item": "gaoling", "case": "62-2026-000007"}
ACTOR = machine("operator")


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    """Three facts of one person, answered here with other words than the department's."""
    monkeypatch.setattr(sources, "_REGISTRY", {})
    breaker.forget_all()
    here = {"person.name": "本地", "person.alive": False, "person.number": NUMBER}
    shapes = {"person.alive": Shape.YES_NO}
    for name, value in here.items():

        def provider(*, subject, parameters, value=value):
            return value if subject == "person:x" else None

        provider.__qualname__ = name
        shape = shapes.get(name, Shape.TEXT)
        sources.provides(name, label=name, source_label="人口库", shape=shape)(provider)
    yield
    breaker.forget_all()


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture(scope="module")
def department():
    with running.partner() as found:
        yield found


@pytest.fixture
def routed(node, department, settings):
    settings.EXCHANGE_PORT = node.port
    partner, address = department
    sample.service(upstream=f"{address}/good")
    agreements.grant(SERVICE, fields=("name", "alive"), clear_fields=("name",))
    lay("person.name", "name")
    lay("person.alive", "alive")
    until(lambda: ask("person.name").status is Status.FOUND)
    partner.asked.clear()
    return partner


def lay(provider, field, service=SERVICE, **more):
    given = {"citizen_id": "source:person.number"}
    route = RouteView(provider, service, field, given, "citizen_id")
    routes.lay(route=route, actor=ACTOR, at=AT, **more)


def ask(provider, subject="person:x"):
    return sources.ask(provider=provider, subject=subject, limit_seconds=3.0, at=AT, **WHY)


def ask_both(**more):
    questions = [Question(name, "person:x") for name in ("person.name", "person.alive")]
    return sources.ask_all(questions, limit_seconds=3.0, at=AT, **{**WHY, **more})


def until(met):
    end = time.monotonic() + 5
    while not met():
        assert time.monotonic() < end, "not met in time"
        breaker.forget_all()
        time.sleep(0.05)


def test_two_questions_to_one_service_are_one_call_that_says_why(routed):
    before = Receipt.objects.filter(side="CONSUMER").count()
    answers = ask_both()
    assert [one.value for one in answers] == ["马晓燕", True]
    assert routed.asked == {"good": 1}
    assert Receipt.objects.filter(side="CONSUMER").count() == before + 1
    receipt = Receipt.objects.filter(side="CONSUMER").latest("id")
    assert (receipt.purpose, receipt.item, receipt.case_no) == tuple(WHY.values())
    assert receipt.fields == ["alive", "name"]
    assert receipt.subject_index


def test_without_a_route_the_answer_comes_from_here(routed):
    routes.end(provider="person.name", actor=ACTOR, at=AT)
    assert [one.value for one in ask_both()] == ["本地", True]
    with pytest.raises(NotFound):
        routes.end(provider="person.name", actor=ACTOR, at=AT)


def test_a_stopped_department_is_away_and_its_other_facts_stay(routed, department):
    sample.service("62/gone", upstream=f"{department[1]}/down")
    agreements.grant("62/gone", fields=("alive",))
    lay("person.alive", "alive", service="62/gone")
    name, alive = ask_both()
    assert (name.status, alive.status) == (Status.FOUND, Status.AWAY)
    assert alive.reason


@pytest.mark.parametrize("mode", list(Misbehaviour))
def test_a_source_told_to_misbehave_is_never_an_answer(routed, mode):
    with simulator.misbehaving("person.name", mode):
        name, alive = sources.ask_all(
            [Question(n, "person:x") for n in ("person.name", "person.alive")],
            limit_seconds=1.0,
            at=AT,
            **WHY,
        )
    assert (name.status, alive.value) == (Status.AWAY, True)


def test_a_call_without_a_grant_tells_nothing(routed):
    answers = ask_both(purpose="随便看看")
    assert {one.status for one in answers} == {Status.AWAY}


def test_one_failed_call_is_held_against_the_department_once(routed, settings):
    settings.EXCHANGE_PORT = running.free_port()
    for _ in range(breaker.FAILURES - 1):
        ask_both()
    assert not breaker.resting(SERVICE)
    ask_both()
    assert breaker.resting(SERVICE)


def test_about_nobody_nobody_is_asked(routed):
    assert ask("person.name", subject="person:y").status is Status.NOT_FOUND
    assert routed.asked == {}


def test_nobody_is_asked_inside_a_transaction(routed):
    with transaction.atomic(), pytest.raises(RuntimeError):
        ask_both()


def test_a_route_that_cannot_be_filled_is_not_laid():
    for route in (
        RouteView("person.name", "nowhere", "name", {"a": "source:person.number"}, "a"),
        RouteView("person.name", SERVICE, "", {"a": "source:person.number"}, "a"),
        RouteView("person.name", SERVICE, "name", {"a": "guess"}, "a"),
        RouteView("person.name", SERVICE, "name", {"a": "text:x"}, "b"),
    ):
        with pytest.raises(InvalidInput):
            routes.lay(route=route, actor=ACTOR, at=AT)
    assert routes.list_routes() == ()
