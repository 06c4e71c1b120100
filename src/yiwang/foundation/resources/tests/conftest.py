"""Places and laws the resources stand on."""

from datetime import UTC, datetime

import pytest

from yiwang.foundation.laws import actions as laws
from yiwang.kernel.actor import machine
from yiwang.network.directory import sample as places

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock in the morning


@pytest.fixture
def at():
    return AT


@pytest.fixture
def ground(db, at):
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)
