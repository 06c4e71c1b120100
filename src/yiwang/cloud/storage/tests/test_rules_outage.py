"""One waits for a database in vain; the others are told at once, and one a pause tries again."""

from __future__ import annotations

from yiwang.cloud.storage.engine.outage import PAUSE_SECONDS, SHORT_SECONDS, Outage


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_an_outage_everybody_tries():
    outage = Outage()
    assert [outage.may_try() for _ in range(3)] == [True] * 3


def test_after_a_wait_in_vain_nobody_tries_until_the_pause_is_over_and_then_one():
    clock = Clock()
    outage = Outage(clock)
    outage.waited_in_vain()
    assert not outage.may_try()
    clock.now += PAUSE_SECONDS - 0.1
    assert not outage.may_try()
    clock.now += 0.1
    assert [outage.may_try() for _ in range(3)] == [True, False, False]


def test_an_answer_ends_the_outage_for_everybody():
    outage = Outage(Clock())
    outage.waited_in_vain()
    outage.answered()
    assert [outage.may_try() for _ in range(3)] == [True] * 3


def test_an_open_connection_gets_less_time_in_an_outage_and_a_migration_always_all():
    clock = Clock()
    outage = Outage(clock)
    assert outage.patience(8.0) == 8.0
    outage.waited_in_vain()
    assert (outage.patience(8.0), outage.patience(1.0)) == (SHORT_SECONDS, 1.0)
    assert outage.patience(None) is None
    clock.now += PAUSE_SECONDS
    assert outage.patience(8.0) == 8.0
