from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yiwang.capability.intake import queries
from yiwang.kernel.actor import Actor, ActorKind


@pytest.fixture(autouse=True)
def _fresh_forms():
    queries.get_form.cache_clear()
    yield
    queries.get_form.cache_clear()


@pytest.fixture
def noon():
    return datetime(2026, 12, 14, 4, 0, tzinfo=UTC)


@pytest.fixture
def person():
    return Actor(kind=ActorKind.PERSON, reference="person:aaaaaaaaaaaaaaaa", assurance_level=3)


@pytest.fixture
def other():
    return Actor(kind=ActorKind.PERSON, reference="person:bbbbbbbbbbbbbbbb", assurance_level=3)
