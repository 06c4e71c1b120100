"""A body with an application waiting for an official, and officials near and far."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.capability.cases.queries import get_flow
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey import jobs as _jobs  # noqa: F401 - registers the task
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.rulings import queries as ruling_queries
from yiwang.network.directory import sample as directory
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import reactions as _letters  # noqa: F401 - registers the task

QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@pytest.fixture(autouse=True)
def _fresh():
    def forget() -> None:
        get_flow.cache_clear()
        intake_queries.get_form.cache_clear()
        ruling_queries._table.cache_clear()
        clock_queries.forget_calendar()

    forget()
    yield
    forget()


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish(sample.BUSINESS, at=moments.now())


@pytest.fixture
def owner(item):
    at = moments.now()
    person = libraries.register_person(5, at=at, name="罗文博", born_on=date(1980, 1, 1))
    accounts.open_person_account(person.reference, at=at)
    return person


@pytest.fixture
def hand_in(item, owner):
    """Hand in one more application of the owner's that goes to an official."""

    def one(**changes):
        receipt = sample.submitted(
            item.code,
            sample.citizen(owner),
            sample.business_answers(owner, **changes),
            at=moments.now(),
            questions=QUESTIONS,
            by_person=True,
        )
        jobs.run_waiting(at=moments.now())
        return receipt

    return one


@pytest.fixture
def case(hand_in):
    return hand_in()


@pytest.fixture
def sign_in(item):
    """A browser of an official; by default one who decides in the body in charge."""

    def official(name="zhao", *, place="", body=None, role=Role.APPROVER) -> Client:
        client = Client()
        at = moments.now()
        department = item.department if body is None else body
        account = accounts.open_official_account(
            name,
            at=at,
            department=department,
            grants=((role, place or item.division_code, department or None),),
        )
        accounts.sign_in_client(client, account.subject, at=at)
        return client

    return official


@pytest.fixture
def official(sign_in) -> Client:
    return sign_in()


@pytest.fixture
def citizen(owner) -> Client:
    client = Client()
    accounts.sign_in_client(client, owner.reference)
    return client
