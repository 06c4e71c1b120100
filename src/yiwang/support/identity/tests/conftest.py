from datetime import UTC, datetime

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import queries, sample

CHENGGUAN, QILIHE = "620102000000", "620103000000"
GANSU = "620000000000"


@pytest.fixture
def at():
    return datetime(2026, 12, 14, 1, tzinfo=UTC)


@pytest.fixture
def person(db, at):
    """马晓燕 with an account: ID number, phone 19910000001, user name maxiaoyan."""
    who = people.register_person(1, at=at, name="马晓燕")
    sample.open_person_account(who.reference, at=at, user_name="maxiaoyan")
    return who


@pytest.fixture
def official(db, at):
    return sample.open_official_account("approver", at=at)


def staff(name, at, *grants, department=""):
    account = sample.open_official_account(name, at=at, grants=grants, department=department)
    return account, queries.get_actor(account.key, at=at)


@pytest.fixture
def body(db):
    places.load_chengguan()
    return places.register_departments()[0]


@pytest.fixture
def admin(body, at):
    return staff("bendi", at, (Role.LOCAL_ADMIN, CHENGGUAN, None))[1]


@pytest.fixture
def another(body, at):
    return staff("bendi2", at, (Role.LOCAL_ADMIN, CHENGGUAN, None))[1]


@pytest.fixture
def approver(body, at):
    return staff("shen", at, (Role.APPROVER, CHENGGUAN, body), department=body)


@pytest.fixture
def colleague(body, at):
    return staff("tong", at, (Role.HANDLER, CHENGGUAN, body), department=body)
