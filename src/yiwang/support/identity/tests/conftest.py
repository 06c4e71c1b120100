from datetime import UTC, datetime

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.support.identity import sample


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
