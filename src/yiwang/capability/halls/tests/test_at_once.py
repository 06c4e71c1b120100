"""Many at once: no number twice, no window and no clerk twice, one case of one turn."""

from __future__ import annotations

import threading
from collections import Counter as Count
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries, sample
from yiwang.capability.halls.definitions import CannotBegin, StillServing
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import Refusal
from yiwang.network.directory import sample as places

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def clerk(number: int) -> Actor:
    grants = (Grant(Role.WINDOW_CLERK, places.CHENGGUAN, None),)
    return Actor(ActorKind.OFFICIAL, f"official:clerk{number}", "李*", grants=grants)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each came to: its value, or the refusal's class."""
    came: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(index: int) -> None:
        gate.wait()
        try:
            came[index] = acts[index]()
        except Refusal as refusal:
            came[index] = type(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.fixture
def hall():
    return sample.hall(places.CHENGGUAN, at=AT)


def test_visitors_at_two_machines_never_get_the_same_number(hall):
    sample.counter(hall, "A1", at=AT)
    took = at_once([lambda: halls.take_ticket(hall=hall.key, line="A", at=AT)] * 8)
    assert sorted(one.number for one in took) == [f"A{n:03d}" for n in range(1, 9)]


def test_two_windows_never_call_the_same_number(hall):
    for number in range(4):
        window = sample.counter(hall, f"A{number}", at=AT)
        halls.begin_shift(counter=window.key, actor=clerk(number), at=AT)
    for _ in range(4):
        halls.take_ticket(hall=hall.key, line="A", at=AT)

    def call(number: int) -> str:
        return halls.call_next(actor=clerk(number), at=AT).ticket.number

    called = at_once([lambda n=n: call(n) for n in range(4)])
    assert sorted(called) == ["A001", "A002", "A003", "A004"]


def test_of_many_who_sit_down_at_one_window_one_does(hall):
    window = sample.counter(hall, "A1", at=AT)
    came = at_once(
        [lambda n=n: halls.begin_shift(counter=window.key, actor=clerk(n), at=AT) for n in range(5)]
    )
    assert came.count(CannotBegin) == 4


def test_a_clerk_who_presses_twice_serves_one(hall):
    window = sample.counter(hall, "A1", at=AT)
    halls.begin_shift(counter=window.key, actor=clerk(1), at=AT)
    came = at_once([lambda: halls.begin_session(actor=clerk(1), at=AT).key] * 4)
    counted = Count(one is StillServing for one in came)
    assert counted == {True: 3, False: 1}
    assert queries.find_open_session(clerk(1)).key in came
