"""One person's turn at a window by program, from the number to the day's count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls import sample as halls
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    places.load_chengguan()
    places.register_departments()
    return sample.publish_plain(at=moments.now(), acceptance={"at_window": True})


@pytest.fixture
def window(item):
    hall = halls.hall(places.CHENGGUAN, at=moments.now())
    return halls.counter(hall, "A01", at=moments.now(), department=item.department)


@pytest.fixture
def program(client, item):
    """A call as a window clerk of that name; ``name`` "": as nobody."""

    def of(name: str):
        headers = {}
        if name:
            at = moments.now()
            grants = ((Role.WINDOW_CLERK, item.division_code, item.department),)
            account = accounts.open_official_account(name, at=at, name="李敏", grants=grants)
            issued = identity.issue_token(
                name="hall", scopes=["cases:read", "desk:read", "desk:write"], at=at,
                actor=accounts.sign_in_client(client, account.subject, at=at),
                expires_at=at + timedelta(days=1),
            )  # fmt: skip
            client.cookies.clear()
            headers = {"Authorization": f"Bearer {issued.token}"}

        def call(address, body=None, method="post", expect=200):
            answer = getattr(client, method)(
                f"/api/v1{address}", body or {}, content_type="application/json", headers=headers
            )
            assert answer.status_code == expect, answer.content.decode()
            return answer.json() if answer.content else None

        return call

    return of


def test_a_turn_from_the_number_to_the_count(client, program, window):
    person = people.register_person(5, at=moments.now(), born_on=date(1980, 1, 1))
    nobody, clerk, other = program(""), program("limin"), program("wangfang")
    ticket = nobody(f"/halls/{window.hall}/tickets", {"line": "A"}, expect=201)
    hall = hall_queries.find_hall(window.hall)
    halls.counter(hall, "A02", at=moments.now(), department=window.department)
    assert [one["number"] for one in clerk("/hall/counters", method="get")] == ["A01", "A02"]
    clerk(f"/hall/counters/{window.key}/begin", expect=201)
    other(f"/hall/counters/{window.key}/begin", expect=409)
    assert clerk("/hall/queue", method="get")["following"] == "A001"
    turn = clerk("/hall/turns/next", expect=201)
    here = f"/hall/turns/{turn['key']}"
    assert nobody(f"/halls/{window.hall}/board", method="get")[0]["number"] == "A001"
    clerk(f"/hall/tickets/{ticket['key']}/call")
    clerk(f"{here}/card", expect=409)
    number = libraries.find_citizen_id(person.reference)
    clerk(f"{here}/person", {"citizen_id": number[:-1] + "#", "name": person.name}, expect=422)
    clerk(f"{here}/person", {"citizen_id": number, "name": person.name})
    clerk(f"{here}/item", {"item_code": sample.PLAIN})
    sent = {"answers": {"subject": "城关小店"}, "version": 1}
    draft = clerk(f"{here}/answers", sent, method="patch")
    assert draft["answers"]["subject"] == "城关小店"
    assert clerk(f"{here}/materials", method="get") == []
    clerk(f"{here}/receive", expect=409)
    clerk(f"{here}/print")
    clerk(f"{here}/signature")
    received = clerk(f"{here}/receive")
    assert received["outcome"] == "RECEIVED"
    case = clerk(f"/cases/{received['case_key']}", method="get")
    other(f"{here}/accept", {"version": case["version"]}, expect=404)
    assert clerk(f"{here}/accept", {"version": case["version"]})["state"] == "ACCEPTED"
    asked = {"item_code": sample.PLAIN, "remark": "先去社区"}
    assert clerk(f"{here}/consultation", asked, expect=201)["letter"]
    assert clerk(f"{here}/finish")["open"] is False
    clerk("/hall/shift/pause", {"reason": "MEAL"})
    clerk("/hall/turns/next", expect=409)
    clerk("/hall/shift/resume")
    clerk("/hall/shift/end", expect=204)
    today = moments.legal_date(moments.now()).isoformat()
    day = clerk(f"/hall/days/{today}?hall={window.hall}", method="get")
    assert (day["total"]["accepted"], day["total"]["consulted"], day["whole"]) == (1, 1, False)


def test_another_clerks_turn_is_not_there(program, window):
    clerk, other = program("limin"), program("wangfang")
    clerk(f"/hall/counters/{window.key}/begin", expect=201)
    turn = clerk("/hall/turns", expect=201)
    other(f"/hall/turns/{turn['key']}", method="get", expect=404)
    for act in ("card", "print", "signature", "receive", "finish"):
        other(f"/hall/turns/{turn['key']}/{act}", expect=404)
    program("")(f"/hall/turns/{turn['key']}", method="get", expect=401)
