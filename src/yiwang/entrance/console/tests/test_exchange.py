"""The exchange's pages: who calls whom, receipts, stopping a service."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.foundation.exchange import queries, sample
from yiwang.foundation.tables import sample as tables
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db

SERVICE, SYSTEM, MESSAGE = "62/household-register", "62/approval", "ab" * 16


def official(client: Client, role: Role) -> Client:
    at = moments.now()
    account = accounts.open_official_account(
        "console-exchange", at=at, grants=((role, "620000000000", None),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def operator(client: Client) -> Client:
    return official(client, Role.OPERATOR)


@pytest.fixture
def traffic():
    return sample.traffic(at=moments.now())


def test_who_calls_whom_is_drawn_and_told(operator, traffic):
    page = operator.get("/console/exchange/").content.decode()
    assert "<svg" in page
    assert page.count(SERVICE) >= 3
    assert "624 次" in page
    assert "次数突然增多、成功率低于 95%" in page
    assert "对方没有回执" in page
    hour = operator.get("/console/exchange/?period=hour").content.decode()
    assert "600 次" in hour


def test_an_empty_exchange_says_so(operator):
    assert "这段时间没有调用" in operator.get("/console/exchange/").content.decode()
    assert "没有这样的回执" in operator.get("/console/exchange/receipts/").content.decode()
    assert operator.get("/console/exchange/?period=x").status_code == 200


def test_receipts_are_found_by_what_they_say(operator, traffic):
    for question in (f"service={SERVICE}", f"system={SYSTEM}", "case=62-2026-1", "status=FOUND"):
        page = operator.get(f"/console/exchange/receipts/?{question}").content.decode()
        assert page.count(f"message={MESSAGE}") == 2, question
    for question in ("service=62/other", "case=x", "status=REFUSED"):
        page = operator.get(f"/console/exchange/receipts/?{question}").content.decode()
        assert "没有这样的回执" in page, question
    assert operator.get("/console/exchange/receipts/?status=no&before=x").status_code == 200


def test_a_call_is_shown_from_both_sides(operator, traffic):
    page = operator.get(f"/console/exchange/receipt/?message={MESSAGE}").content.decode()
    assert "调用方回执" in page
    assert "提供方回执" in page
    assert "核对申请人情况" in page
    assert operator.get("/console/exchange/receipt/?message=none").status_code == 404


def test_a_service_is_stopped_with_a_reason_and_resumed(operator):
    sample.service(upstream="https://data.example.org/x", private_ok=False)
    address = "/console/exchange/services/turn/"
    assert operator.post(address, {"code": SERVICE, "reason": " "}).status_code == 422
    assert operator.post(address, {"code": SERVICE, "reason": "数据异常"}).status_code == 302
    assert queries.find_service(SERVICE).state == "STOPPED"
    assert "已技术停用" in operator.get("/console/exchange/services/").content.decode()
    operator.post(address, {"code": SERVICE, "act": "resume"})
    assert queries.find_service(SERVICE).state == "ACTIVE"
    assert operator.post(address, {"code": "62/none", "reason": "x"}).status_code == 404


def test_auditors_read_receipts_and_stop_nothing(client, traffic):
    auditor = official(client, Role.AUDITOR)
    assert MESSAGE in auditor.get("/console/exchange/receipts/").content.decode()
    assert auditor.get("/console/exchange/").status_code == 403
    assert auditor.post("/console/exchange/services/turn/", {"code": SERVICE}).status_code == 403


def test_a_clerk_sees_no_receipts(client, traffic):
    clerk = official(client, Role.HANDLER)
    for path in ("", "receipts/", f"receipt/?message={MESSAGE}", "services/"):
        assert clerk.get(f"/console/exchange/{path}").status_code == 403


def test_an_operator_sees_tables_that_are_taken_and_pauses_one(operator):
    copy = tables.copy(department="x", division_code="620102000000", at=moments.now())
    page = operator.get("/console/exchange/tables/").content.decode()
    assert copy.service in page
    assert "还没有对账单" in page
    turned = {"copy": copy.key, "version": 1, "act": "pause"}
    operator.post("/console/exchange/tables/turn/", turned)
    assert "已暂停" in operator.get("/console/exchange/tables/").content.decode()
