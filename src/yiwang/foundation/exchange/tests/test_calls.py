"""Django asks through its own node, and learns plainly what came of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import calls, sample
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.foundation.exchange.models import Receipt, System
from yiwang.foundation.exchange.tests import running

pytestmark = pytest.mark.django_db(transaction=True)

#: The partner's slow answer comes after ten seconds; who waited for it took longer.
SLOW_ANSWERS_AFTER = 10.0
AT = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
NUMBER = "62010219400101001X"
ASK = {
    "service": "62/household-register",
    "parameters": {"citizen_id": NUMBER},
    "purpose": "核对申请人情况",
    "item": "gaoling",
    "limit_seconds": 20.0,
    "at": AT,
}


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def at_work(node, settings):
    settings.EXCHANGE_PORT = node.port
    with running.partner() as (_partner, address):
        sample.service(upstream=f"{address}/good")
        agreements.grant(ASK["service"], fields=("name", "alive"), clear_fields=("name",))
        until(lambda: calls.call(**ASK).status is CallStatus.FOUND)
        yield address


def until(met):
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)


def test_an_answer_says_what_from_where_and_when(at_work):
    reply = calls.call(**ASK, case="62-2026-1", subject=NUMBER)
    assert (reply.status, reply.value) == (CallStatus.FOUND, {"name": "马晓燕", "alive": True})
    assert reply.source == "户籍信息查询（示例）"
    assert reply.as_of.tzinfo is not None
    receipt = Receipt.objects.get(message=reply.message, side="CONSUMER")
    assert (receipt.system, receipt.case_no) == ("62/platform", "62-2026-1")


def test_a_refusal_is_told_apart_from_silence(at_work):
    reply = calls.call(**{**ASK, "purpose": "随便看看"})
    assert (reply.status, reply.refusal) == (CallStatus.REFUSED, "PurposeNotGranted")
    sample.service("62/gone", upstream=f"{at_work}/down")
    agreements.grant("62/gone", fields=("alive",))
    until(lambda: calls.call(**{**ASK, "service": "62/gone"}).refusal == "PartnerAway")
    assert calls.call(**{**ASK, "service": "62/gone"}).status is CallStatus.AWAY


def test_who_waits_longer_than_he_wants_to_is_told_nothing_is_known(at_work):
    sample.service("62/slow", upstream=f"{at_work}/slow")
    agreements.grant("62/slow", fields=("alive",))
    began = time.monotonic()
    assert calls.call(**{**ASK, "service": "62/slow", "limit_seconds": 0.5}).status in (
        CallStatus.AWAY,
        CallStatus.REFUSED,
    )
    assert time.monotonic() - began < SLOW_ANSWERS_AFTER


def test_a_closed_exchange_is_away(settings):
    settings.EXCHANGE_PORT = running.free_port()
    assert calls.call(**ASK).status is CallStatus.AWAY


def test_nobody_is_asked_inside_a_transaction(at_work):
    with transaction.atomic(), pytest.raises(RuntimeError):
        calls.call(**ASK)


def test_nobody_is_asked_without_a_reason():
    with pytest.raises(ValueError):
        calls.call(**{**ASK, "purpose": ""})


def test_the_platform_is_one_system(at_work):
    calls.call(**ASK)
    assert System.objects.filter(code="62/platform").count() == 1
