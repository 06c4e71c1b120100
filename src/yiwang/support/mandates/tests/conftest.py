from datetime import UTC, date, datetime

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.support.mandates import sample

BODY = "11620102000000019B"


@pytest.fixture
def at():
    return datetime(2026, 12, 14, 1, tzinfo=UTC)


@pytest.fixture
def father(db, at):
    return people.register_person(1, at=at, name="马建国", born_on=date(1943, 5, 6))


@pytest.fixture
def daughter(db, at):
    return people.register_person(2, at=at, name="马小兰")


@pytest.fixture
def me(daughter):
    return sample.self_of(daughter.reference)


@pytest.fixture
def giver(father):
    return sample.self_of(father.reference)


def clerk(name="wang", body=BODY, person=""):
    return sample.clerk(name, "620102000000", body, person=person)
