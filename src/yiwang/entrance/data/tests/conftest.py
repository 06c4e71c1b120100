"""A county with laws, and officials who work with data."""

import pytest
from django.test import Client

from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import sample
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts


@pytest.fixture
def at():
    return moments.now()


@pytest.fixture
def ground(db, at):
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)


@pytest.fixture
def catalogue(ground, at):
    return sample.publish_all(at=at)


@pytest.fixture
def sign_in(ground, at):
    def enter(name, role=Role.DATA_OFFICER, serial=7):
        body = places.department_uscc(places.CHENGGUAN, serial) if serial else None
        account = accounts.open_official_account(
            name, at=at, department=body or "", grants=((role, places.CHENGGUAN, body),)
        )
        client = Client()
        accounts.sign_in_client(client, account.subject)
        return client

    return enter
