"""A block's receipts counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from yiwang.foundation.exchange.fastpath.counting import count

#: One o'clock at night in China, on the next day there.
LATE = datetime(2026, 3, 1, 17, 0, 20, tzinfo=UTC)


def receipt(**other: Any) -> dict[str, Any]:
    return {
        "at": LATE, "side": "PROVIDER", "from_node": "62", "system": "62/desk", "to_node": "62",
        "service": "62/x", "grant_key": "G1", "status": "FOUND", "rows": 2, "milliseconds": 5,
        **other,
    }  # fmt: skip


def test_a_call_both_of_whose_sides_are_here_is_one_use_and_days_are_china_s() -> None:
    (use,) = count(
        [
            receipt(side="CONSUMER"),
            receipt(),
            receipt(status="AWAY", rows=0),
            receipt(side="CONSUMER", to_node="620100", status="REFUSED", rows=0),
            receipt(side="CONSUMER", grant_key=""),
        ],
        "62",
    ).uses
    assert (use["grant_key"], use["day"]) == ("G1", "2026-03-02")
    assert (use["calls"], use["answered"], use["refused"], use["away"]) == (3, 1, 1, 1)
    assert use["rows"] == 2


def test_a_service_s_days_count_each_call_once() -> None:
    (day,) = count(
        [
            receipt(side="CONSUMER", milliseconds=9),
            receipt(grant_key=""),
            receipt(milliseconds=7, status="AWAY", rows=0),
        ],
        "62",
    ).days
    assert (day["service"], day["day"]) == ("62/x", "2026-03-02")
    assert (day["calls"], day["answered"], day["away"], day["rows"]) == (2, 1, 1, 2)
    assert (day["milliseconds"], day["slowest"]) == (12, 7)


def test_figures_keep_pairs_and_minutes_apart_and_hours_are_their_sum() -> None:
    given = [
        receipt(),
        receipt(at=LATE + timedelta(seconds=39), grant_key="G2", milliseconds=40),
        receipt(at=LATE + timedelta(seconds=40)),
        receipt(at=LATE + timedelta(minutes=60)),
        receipt(side="CONSUMER"),
        receipt(from_node="620100", system="620100/desk", status="REFUSED", rows=0),
    ]
    counted = count(given, "62")
    own = [
        (row["time"].isoformat()[11:16], row["calls"], row["milliseconds"], row["slowest"])
        for row in counted.minutes
        if (row["side"], row["system"]) == ("PROVIDER", "62/desk")
    ]
    assert own == [("17:00", 2, 45, 40), ("17:01", 1, 5, 5), ("18:00", 1, 5, 5)]
    assert len(counted.minutes) == 5
    hours = [(row["time"].isoformat()[11:16], row["side"], row["calls"]) for row in counted.hours]
    assert hours == [
        ("17:00", "PROVIDER", 3),
        ("18:00", "PROVIDER", 1),
        ("17:00", "CONSUMER", 1),
        ("17:00", "PROVIDER", 1),
    ]
    for rows in (counted.minutes, counted.hours):
        assert sum(row["calls"] for row in rows) == len(given)
        assert sum(row["refused"] for row in rows) == 1


def test_nothing_counts_for_nothing() -> None:
    assert count([], "62") == ([], [], [], [])
