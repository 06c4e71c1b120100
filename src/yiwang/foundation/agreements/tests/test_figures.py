"""How departments answer: in time, sharing or not, and what really goes through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.tests.people import (
    ACTORS,
    AT,
    GIVING,
    agreed,
    delivered,
    offer_as,
    received,
    refused,
)
from yiwang.foundation.exchange.models import ServiceDay

pytestmark = pytest.mark.django_db


def figures(days: int = 60):
    return queries.list_offices(since=AT - timedelta(days=1), until=AT + timedelta(days=days))


def test_answers_shares_and_lateness_are_counted_per_department(monkeypatch) -> None:
    offer_as(monkeypatch)
    assert figures() == ()
    delivered()
    agreed()
    refused()
    late = received()
    received()
    after = AT + timedelta(days=22)
    view = actions.propose_yes(
        key=late.key, version=late.version, words="", actor=ACTORS["giver"], at=after
    )
    actions.sign_answer(key=late.key, version=view.version, actor=ACTORS["giving head"], at=after)
    (one,) = figures()
    assert (one.department, one.name) == (GIVING.uscc, GIVING.name)
    assert (one.asked, one.answered, one.shared, one.in_time) == (5, 4, 3, 3)
    assert (one.in_time_share, one.shared_share) == (75, 75)
    assert (one.off_list, one.delivered, one.delivered_late) == (1, 1, 0)
    assert one.answer_days == 5.5
    assert (one.calls, one.call_share) == (0, 0)


def test_what_was_asked_before_or_is_still_being_written_does_not_count(monkeypatch) -> None:
    offer_as(monkeypatch)
    received()
    assert queries.list_offices(since=AT + timedelta(days=1), until=AT + timedelta(days=2)) == ()


def test_a_call_that_was_rightly_refused_was_answered_and_one_left_alone_was_not(
    monkeypatch,
) -> None:
    offer_as(monkeypatch)
    delivered()

    day = {"day": AT.date(), "calls": 100, "answered": 75, "refused": 20, "away": 5}
    for service in ("62/household-register", "62/of-nobody"):
        ServiceDay.objects.create(service=service, **day)
        ServiceDay.objects.create(service=service, **(day | {"day": AT.date() + timedelta(days=9)}))
    ServiceDay.objects.create(service=service, **(day | {"day": AT.date() - timedelta(days=9)}))
    (one,) = figures()
    assert (one.calls, one.calls_answered, one.call_share) == (200, 190, 95)
