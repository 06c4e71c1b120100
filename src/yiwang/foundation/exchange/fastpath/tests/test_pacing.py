"""Rounds of the loop: what comes close together is dealt with together, and nobody waits who is alone."""

import pytest

from yiwang.foundation.exchange.fastpath import pacing


class Clock:
    """Stands in for ``time``: sleeping takes as long as asked, and ``late`` longer."""

    def __init__(self) -> None:
        self.at, self.late, self.slept = 100.0, 0.0, []

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 4))
        self.at += seconds + self.late


class Loop:
    """Stands in for a loop: turns are taken when the test says so."""

    def __init__(self) -> None:
        self.ready = []

    def call_soon(self, work, *given):
        self.ready.append((work, given))

    def run(self) -> None:
        while self.ready:
            work, given = self.ready.pop(0)
            work(*given)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


@pytest.fixture
def loop():
    return Loop()


def round_of(pace, loop, clock, *, after, takes=0.0):
    clock.at += after
    pace.heard()
    clock.at += takes
    loop.run()


def test_who_comes_after_silence_does_not_wait(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    assert clock.slept == []


def test_the_next_round_ends_no_earlier_than_its_time(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    round_of(pace, loop, clock, after=0.001)
    assert clock.slept == [0.002]


def test_many_who_are_heard_in_one_round_rest_once(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    for _ in range(5):
        pace.heard()
    loop.run()
    assert clock.slept == [0.003]


def test_a_round_full_of_work_is_not_made_longer(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    round_of(pace, loop, clock, after=0.0, takes=0.004)
    assert clock.slept == []


def test_what_was_heard_is_dealt_with_before_the_rest(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    order = []
    pace.heard()
    loop.call_soon(lambda: loop.call_soon(lambda: order.append(list(clock.slept))))
    loop.run()
    assert order == [[]]
    assert len(clock.slept) == 1


def test_who_is_woken_late_does_not_rest_for_a_second(loop, clock):
    pace = pacing.Pace(loop)
    round_of(pace, loop, clock, after=1.0)
    clock.late = 0.01
    round_of(pace, loop, clock, after=0.0)
    clock.late = 0.0
    round_of(pace, loop, clock, after=0.0)
    assert len(clock.slept) == 1
    clock.at += 1.0
    round_of(pace, loop, clock, after=0.0)
    round_of(pace, loop, clock, after=0.0)
    assert len(clock.slept) == 2
