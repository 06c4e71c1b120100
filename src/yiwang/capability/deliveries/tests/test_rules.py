"""What a courier says is put in order, and never believed backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from yiwang.capability.deliveries import rules
from yiwang.capability.deliveries.definitions import (
    BAG,
    ORIGINAL,
    PARCEL,
    SHELF,
    CourierEvent,
    Order,
    ParcelState,
    Tracked,
)
from yiwang.capability.deliveries.drivers.simulator import Simulator
from yiwang.mechanisms.states.rules import problems

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TAKEN, MOVING, SIGNED, BACK = CourierEvent
STORY = tuple(
    Tracked(AT + n * HOUR, event, "兰州") for n, event in enumerate((TAKEN, MOVING, SIGNED))
)


@pytest.mark.parametrize("machine", [SHELF, ORIGINAL, BAG, PARCEL])
def test_every_table_is_whole(machine) -> None:
    assert problems(machine) == ()


@pytest.mark.parametrize("told", list(permutations(STORY)))
def test_in_whatever_order_it_is_told_it_is_kept_in_order_and_once(told) -> None:
    kept = rules.merge((), (*told, *told), since=AT, until=AT + 5 * HOUR)
    assert kept == STORY
    assert rules.merge(kept, told, since=AT, until=AT + 5 * HOUR) == STORY


def test_what_is_before_the_order_or_from_the_future_is_not_believed() -> None:
    wild = (Tracked(AT - HOUR, SIGNED, "x"), Tracked(AT + 9 * HOUR, SIGNED, "x"))
    assert rules.merge((), wild, since=AT, until=AT + HOUR) == ()


@pytest.mark.parametrize(
    ("state", "events", "steps"),
    [
        (ParcelState.ORDERED, (), ()),
        (ParcelState.ORDERED, (TAKEN,), (TAKEN,)),
        (ParcelState.ORDERED, (SIGNED,), (SIGNED,)),
        (ParcelState.ON_THE_WAY, (TAKEN,), ()),
        (ParcelState.ON_THE_WAY, (TAKEN, BACK), (BACK,)),
        (ParcelState.ON_THE_WAY, (SIGNED, BACK), (SIGNED,)),
        (ParcelState.DELIVERED, (BACK,), ()),
        (ParcelState.CAME_BACK, (SIGNED,), ()),
    ],
)
def test_a_parcel_only_goes_forwards(state, events, steps) -> None:
    assert rules.ahead(state, [Tracked(AT, event, "") for event in events]) == steps


@pytest.mark.parametrize("given", ["", "12", "<html>", None, 7, "运单" * 10, "A" * 41])
def test_what_is_no_tracking_number_is_an_answer_nobody_can_read(given) -> None:
    with pytest.raises(rules.CourierAway):
        rules.tracking_number(given)


def test_the_simulator_behaves_badly_in_every_known_way(settings) -> None:
    settings.SAMPLE = True
    seen: dict[int, tuple] = {}
    for n in range(400):
        order = Order(f"parcel{n}", AT, "甲", "1", "址", "乙", "2", "址", "证照")
        number = Simulator().order(order)
        assert number == rules.tracking_number(number)
        assert number == Simulator().order(order)
        manner = int(number[-1])
        if manner != 9:
            seen[manner] = Simulator().track(number, at=AT + timedelta(days=3))
    assert set(range(9)) <= set(seen)
    assert len(seen[6]) == 2 * len(seen[0])
    assert [one.at for one in seen[5]] == sorted((one.at for one in seen[5]), reverse=True)
    assert seen[8][-1].event is BACK
    settings.SAMPLE = False
    with pytest.raises(rules.CourierAway):
        Simulator().track("SIM26030202000000000000", at=AT)
