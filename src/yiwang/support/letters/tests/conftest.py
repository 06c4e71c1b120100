"""The articles our letters cite, from the law library the product ships."""

from datetime import UTC, date, datetime

import pytest

from yiwang.foundation.laws import actions, queries
from yiwang.kernel.actor import machine


@pytest.fixture
def article(db):
    actions.import_shipped(actor=machine("tests"), at=datetime(2026, 11, 1, tzinfo=UTC))
    return lambda title, number: (
        queries.get_article(title=title, article=number, on=date(2026, 11, 1)).text
    )
