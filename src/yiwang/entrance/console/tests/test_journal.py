from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import transaction
from django.test import Client

from yiwang.foundation.ledger import actions as ledger
from yiwang.foundation.ledger.definitions import AlarmKind
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.events import Event
from yiwang.mechanisms.journal import actions, queries, registry
from yiwang.support.identity import sample as accounts

GANSU = "620000000000"
pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    name: ClassVar[str] = "console.counted"


def break_down(**_: object) -> None:
    raise RuntimeError("personal data in a message")


@pytest.fixture
def parked(monkeypatch: pytest.MonkeyPatch) -> int:
    """One subject that failed twice and has one more fact behind it."""
    at = moments.now()
    monkeypatch.setattr(registry, "_listeners", {})
    monkeypatch.setattr(registry, "_events", {})
    registry.wire({Counted: [break_down]})
    with transaction.atomic():
        for _ in range(2):
            actions.announce(Counted(subject="case:stuck", at=at), actor=machine("test"))
    actions.seal(at=at)
    actions.run_listeners(at=at)
    actions.run_listeners(at=at + timedelta(minutes=1))
    return queries.list_parked()[0].key


def official(client: Client, *roles: Role) -> Client:
    at = moments.now()
    grants = tuple((role, GANSU, None) for role in roles)
    account = accounts.open_official_account("console-test", at=at, grants=grants)
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def operator(client: Client) -> Client:
    return official(client, Role.OPERATOR)


def test_the_page_shows_lag_listeners_and_what_is_parked(operator: Client, parked: int) -> None:
    page = operator.get("/console/journal/").content.decode()
    assert f"第 {queries.seal_lag(at=moments.now()).position} 号" in page
    assert f'<th scope="row">{__name__}</th>' in page
    assert f'href="/console/journal/parked/{parked}/"' in page
    assert "等待自动重试" in page
    assert "2 次" in page


def test_with_nothing_parked_the_page_says_so(operator: Client) -> None:
    assert "没有搁置的对象" in operator.get("/console/journal/?after=x").content.decode()


def test_an_alarm_of_the_ledger_is_shown_with_its_evidence(operator: Client) -> None:
    assert "还没有检查点" in operator.get("/console/journal/").content.decode()
    evidence, kind = {"seen": {"number": 7}}, AlarmKind.NOT_EXTENDING
    ledger.raise_alarm(ledger="620100", kind=kind, evidence=evidence, at=moments.now())
    page = operator.get("/console/journal/").content.decode()
    assert "账本警报 1 个" in page
    assert kind.value in page
    assert "&quot;number&quot;:7" in page


def test_one_subject_shows_the_kind_of_problem_and_never_its_message(
    operator: Client, parked: int
) -> None:
    page = operator.get(f"/console/journal/parked/{parked}/").content.decode()
    assert "RuntimeError" in page
    assert "personal data" not in page
    assert "共 2 条" in page


def test_an_operator_lets_it_be_tried_again(operator: Client, parked: int) -> None:
    answer = operator.post(f"/console/journal/parked/{parked}/retry/", follow=True)
    assert "已安排马上重试" in answer.content.decode()
    assert queries.get_parked(parked).attempts == 0
    assert queries.list_entries(subject="case:stuck")[-1].act == "RETRY_PARKED"


def test_an_operator_closes_it_with_a_reason(operator: Client, parked: int) -> None:
    address = f"/console/journal/parked/{parked}/close/"
    refused = operator.post(address, {"reason": "短"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "4 到 500 个字" in page
    assert ">短</textarea>" in page
    closed = operator.post(address, {"reason": "收件人已经注销"}, follow=True)
    assert "原因已记入日志" in closed.content.decode()
    assert queries.list_parked() == ()
    assert queries.list_entries(subject="case:stuck")[-1].facts["reason"] == "收件人已经注销"
    assert operator.post(address, {"reason": "收件人已经注销"}).status_code == 409
    assert operator.get(f"/console/journal/parked/{parked}/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/console/journal/"),
        ("get", "/console/journal/parked/{}/"),
        ("post", "/console/journal/parked/{}/retry/"),
        ("post", "/console/journal/parked/{}/close/"),
    ],
)
def test_nobody_but_an_operator_comes_in(
    client: Client, parked: int, method: str, path: str
) -> None:
    address = path.format(parked)
    assert getattr(client, method)(address).status_code in (302, 303, 401)
    official(client, Role.APPROVER, Role.AUDITOR)
    assert getattr(client, method)(address).status_code == 403
    person = people.register_person(1, at=moments.now())
    accounts.open_person_account(person.reference, at=moments.now())
    accounts.sign_in_client(client, person.reference)
    assert getattr(client, method)(address).status_code == 403
    assert queries.get_parked(parked).attempts == 2


def test_reading_addresses_take_no_posts_and_acts_no_gets(operator: Client, parked: int) -> None:
    assert operator.post("/console/journal/").status_code == 405
    assert operator.get(f"/console/journal/parked/{parked}/retry/").status_code == 405
    assert operator.get(f"/console/journal/parked/{parked}/close/").status_code == 405


def test_an_act_from_another_site_is_refused(parked: int) -> None:
    strict = official(Client(enforce_csrf_checks=True), Role.OPERATOR)
    assert strict.post(f"/console/journal/parked/{parked}/retry/").status_code == 403
    assert queries.get_parked(parked).attempts == 2
