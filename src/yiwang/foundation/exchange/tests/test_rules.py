"""Receipts under a root: RFC 6962 with SM3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.exchange import rules
from yiwang.mechanisms.crypto.primitives import sm3

AT = datetime(2026, 12, 14, 4, 0, 0, 123456, tzinfo=UTC)
RECEIPT = {
    "message": "ab" * 16,
    "side": "CONSUMER",
    "at": AT,
    "from_node": "620100",
    "system": "620100/approval",
    "to_node": "62",
    "service": "62/household-register",
    "grant_key": "g" * 16,
    "purpose": "高龄津贴",
    "item": "gaoling",
    "case_no": "1",
    "subject_index": "cd" * 32,
    "fields": ["name"],
    "rows": 1,
    "status": "FOUND",
    "refusal": "",
    "request_digest": "11" * 32,
    "reply_digest": "22" * 32,
    "milliseconds": 12,
}


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def by_the_book(leaves):
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sm3(b"\x01" + by_the_book(leaves[:k]) + by_the_book(leaves[k:]))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_that_of_the_book(leaves):
    assert rules.root(leaves) == by_the_book(leaves)


@pytest.mark.parametrize("name", rules.FACTS)
def test_every_fact_of_a_receipt_changes_its_leaf(name):
    other = AT + timedelta(microseconds=1) if name == "at" else "x"
    assert rules.leaf({**RECEIPT, name: other}) != rules.leaf(RECEIPT)


def test_a_moment_is_the_same_in_every_zone():
    there = RECEIPT["at"].astimezone(timezone(timedelta(hours=8)))
    assert rules.leaf({**RECEIPT, "at": there}) == rules.leaf(RECEIPT)


def test_both_sides_of_a_call_know_the_same():
    theirs = {**RECEIPT, "side": "PROVIDER", "at": AT + timedelta(seconds=1), "milliseconds": 3}
    assert rules.shared_digest(theirs) == rules.shared_digest(RECEIPT)
    assert rules.shared_digest({**theirs, "purpose": "随便"}) != rules.shared_digest(RECEIPT)


@pytest.mark.parametrize(
    ("hour", "odd"),
    [
        ({"calls": 30, "usual_calls": 10}, ()),
        ({"calls": 60, "usual_calls": 10}, ("FREQUENCY",)),
        ({"calls": 30}, ("NEW",)),
        ({"calls": 3}, ()),
        ({"calls": 3, "usual_calls": 3, "rows": 9000, "usual_rows": 10}, ("VOLUME",)),
        ({"calls": 3, "usual_calls": 3, "mean_milliseconds": 4000}, ("SPEED",)),
        ({"calls": 10, "usual_calls": 10, "refused": 5}, ("REFUSED",)),
        ({"calls": 100, "usual_calls": 100, "away": 6}, ("FAILING",)),
        ({"calls": 100, "usual_calls": 100, "away": 5}, ()),
    ],
)
def test_an_hour_that_is_not_as_usual_is_noticed(hour, odd):
    given = {
        "calls": 0, "rows": 0, "mean_milliseconds": 0, "refused": 0, "away": 0, "usual_calls": 0,
        "usual_rows": 0, "usual_milliseconds": 100, **hour,
    }  # fmt: skip
    assert rules.oddities(**given) == odd
