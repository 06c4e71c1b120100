"""The sample's market department hears over the exchange what becomes of firms' licences."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.topics.models import Publication, Subscription
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.project import department_messages
from yiwang.project.wiring import WHO_HEARS
from yiwang.support.licences import actions as licences
from yiwang.support.licences import sample as samples
from yiwang.support.licences.events import LicenceIssued, LicenceStateChanged

pytestmark = pytest.mark.django_db(transaction=True)

SELF = machine("test")
AT = datetime(2026, 11, 14, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def market(node):
    samples.publish(AT)
    with department_messages.listening() as port:
        yield port


def heard(fact):
    """As the journal tells whoever listens."""
    for listener in WHO_HEARS[type(fact)]:
        listener(event=fact, at=now(), actor=SELF)


def issue(holder, name):
    with transaction.atomic():
        licence = samples.issue(
            case="case:test", at=AT, actor=SELF, holder=holder, holder_name=name
        )
    fact = LicenceIssued(
        subject=licence.reference,
        at=AT,
        licence=licence.reference,
        case="case:test",
        holder=holder,
        template=licence.template,
    )
    heard(fact)
    heard(fact)  # told twice it is published once
    return licence


def until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.1)


def test_the_market_department_learns_of_a_firms_licence_and_of_its_revocation(market):
    firm = people.register_organization(1, at=AT)
    licence = issue(firm.reference, firm.name)
    until(lambda: department_messages.states())
    (state,) = department_messages.states().values()
    assert (state["number"], state["uscc"], state["state"]) == (
        licence.identifier,
        firm.uscc,
        "VALID",
    )
    licences.change_state(key=licence.key, act="revoke", reason="提供虚假材料", at=AT, actor=SELF)
    heard(
        LicenceStateChanged(
            subject=licence.reference,
            at=AT,
            licence=licence.reference,
            holder=firm.reference,
            before="VALID",
            after="REVOKED",
        )
    )
    until(lambda: {s["state"] for s in department_messages.states().values()} == {"REVOKED"})
    assert Publication.objects.count() == 2
    assert Receipt.objects.filter(service="62/licence-changes").count() == 4  # two, on two sides


def test_a_persons_licence_is_told_to_nobody(market):
    issue("person:sample", "马晓燕")
    assert not Publication.objects.exists()


def test_where_the_department_listens_may_move(market):
    department_messages.publish(market + 1, at=now())
    row = Subscription.objects.get()
    assert row.callback == f"http://127.0.0.1:{market + 1}/licence-changes"


def test_the_police_subscribe_when_their_grant_has_come(market):
    department_messages.declare(at=now())
    assert not department_messages.subscribe_there(market, at=now())
    agreements.grant(
        "62/licence-changes",
        consumer=department_messages.POLICE,
        purposes=(department_messages.POLICE_PURPOSE,),
        fields=("number", "state"),
        way=Way.MESSAGE,
    )
    for port in (market, market + 1):  # a second time it only follows
        assert department_messages.subscribe_there(port, at=now())
        row = Subscription.objects.get(system="62/venues")
        assert row.callback == f"http://127.0.0.1:{port}/licence-changes"
    assert row.department == department_messages.POLICE


def test_a_callback_of_a_stranger_is_not_heard(market):
    import http.client

    link = http.client.HTTPConnection("127.0.0.1", market, timeout=10)
    link.request("POST", department_messages.PATH, body=b'{"message": "x"}')
    assert link.getresponse().status == 401
