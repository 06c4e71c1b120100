from __future__ import annotations

import pytest

from yiwang.capability.cases.queries import get_flow
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey import jobs as _jobs  # noqa: F401 - registers the task
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.rulings import queries as ruling_queries


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
