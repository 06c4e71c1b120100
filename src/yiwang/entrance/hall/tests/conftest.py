"""A hall with a window, a clerk who sits at it, and somebody in front of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.capability.cases.queries import get_flow
from yiwang.capability.halls import sample as halls
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey import jobs as _jobs  # noqa: F401 - registers the task
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.network.directory import sample as places
from yiwang.support.assistant import queries as assistant
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import reactions as _letters  # noqa: F401 - registers the task


@pytest.fixture(autouse=True)
def _fresh():
    def forget() -> None:
        get_flow.cache_clear()
        intake_queries.get_form.cache_clear()
        clock_queries.forget_calendar()
        assistant.forget_frequencies()

    forget()
    yield
    forget()


@pytest.fixture
def item(db):
    places.load_chengguan()
    places.register_departments()
    return sample.publish_plain(
        at=moments.now(), acceptance={"within": {"amount": 5}, "at_window": True}
    )


@pytest.fixture
def hall(item):
    return halls.hall(places.CHENGGUAN, at=moments.now())


@pytest.fixture
def window(hall, item):
    return halls.counter(hall, "B12", at=moments.now(), line="B", department=item.department)


@pytest.fixture
def person(item):
    return people.register_person(5, at=moments.now(), name="马晓燕", born_on=date(1984, 6, 17))


@pytest.fixture
def sign_in(item):
    """A browser of an official; by default a clerk of the body whose window it is."""

    def official(name="limin", *, role=Role.WINDOW_CLERK, place="", body=None) -> Client:
        department = item.department if body is None else body
        account = accounts.open_official_account(
            name, at=moments.now(), department=department,
            grants=((role, place or item.division_code, department or None),),
        )  # fmt: skip
        client = Client()
        client.actor = accounts.sign_in_client(client, account.subject, at=moments.now())
        return client

    return official


@pytest.fixture
def clerk(sign_in, window) -> Client:
    client = sign_in()
    assert client.post(f"/hall/counters/{window.key}/begin/").status_code == 302
    return client


@pytest.fixture
def turn(clerk) -> str:
    """The address of an open turn."""
    return clerk.post("/hall/walk-in/").headers["Location"]


@pytest.fixture
def card(person) -> dict[str, str]:
    """What is written on the person's card."""
    number = libraries.find_citizen_id(person.reference) or ""
    return {"name": person.name, "citizen_id": number, "mood": "GOOD"}


@pytest.fixture
def known(clerk, turn, card) -> str:
    """The turn once the card was read."""
    assert clerk.post("/hall/reader/", card).status_code == 302
    assert clerk.post(f"{turn}card/").status_code == 302
    return turn
