from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.cloud.backup import rules
from yiwang.cloud.backup.definitions import Base, Kind, Reach

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def base(key: str, hours: int, kind: Kind = Kind.BLOCKS) -> Base:
    return Base(key, kind, NOON + (hours - 1) * HOUR, NOON + hours * HOUR, 1, "")


OLD, NEW = base("old", 0), base("new", 24)
REACH = Reach(until=NOON + 30 * HOUR, marked_at=NOON + 29 * HOUR, segment="0" * 24)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (None, (NEW, None, 30)),
        (10, (OLD, 10, 10)),
        (24, (NEW, 24, 24)),
        (29, (NEW, 29, 29)),
        (30, (NEW, None, 30)),  # nothing was written since the last mark
    ],
)
def test_the_newest_copy_that_was_whole_by_then_leads_there(to, expected) -> None:
    moment = None if to is None else NOON + to * HOUR
    plan = rules.choose([NEW, OLD], REACH, moment)
    copy, until, ends = expected
    assert plan is not None
    assert (plan.base, plan.moment) == (copy, NOON + ends * HOUR)
    assert plan.until == (None if until is None else NOON + until * HOUR)


@pytest.mark.parametrize("to", [-1, 31])
def test_no_copy_leads_before_the_first_or_beyond_the_log(to: int) -> None:
    assert rules.choose([OLD, NEW], REACH, NOON + to * HOUR) is None


def test_without_a_log_a_copy_leads_to_its_own_end_only() -> None:
    assert rules.choose([OLD], None, None) == rules.Plan(OLD, None, OLD.ended_at)
    assert rules.choose([OLD], None, NOON + HOUR) is None
    assert rules.choose([], REACH, None) is None


def test_a_dump_leads_to_its_own_moment() -> None:
    dump = base("dump", 3, Kind.DUMP)
    assert rules.choose([dump], REACH, dump.ended_at) == rules.Plan(dump, None, dump.ended_at)
    assert rules.choose([dump], REACH, NOON + 4 * HOUR) is None


def test_segments_are_named_in_order_across_logs_and_stop_at_the_last_copied() -> None:
    first, last = "0000000100000002000000FE", "000000010000000300000001"
    assert rules.needed(first, last) == (
        first, "0000000100000002000000FF", "000000010000000300000000", last,
    )  # fmt: skip
    assert rules.needed("000000020000000300000001", last) == ()


def test_the_oldest_beyond_those_kept_go() -> None:
    assert rules.superfluous([NEW, OLD], 1) == (OLD,)
    assert rules.superfluous([NEW, OLD], 2) == ()
