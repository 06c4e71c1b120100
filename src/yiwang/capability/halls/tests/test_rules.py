from datetime import UTC, datetime, timedelta

import pytest

from yiwang.capability.halls import rules
from yiwang.capability.halls.definitions import Outcome

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def turn(clerk="李敏", item="挖路", outcome=Outcome.RECEIVED, minutes=5, asked=()):
    return rules.Turn(item, clerk, outcome, AT, AT + timedelta(minutes=minutes), tuple(asked))


@pytest.mark.parametrize(
    ("before", "now", "counted"),
    [
        (Outcome.NOTHING, Outcome.CONSULTED, Outcome.CONSULTED),
        (Outcome.CONSULTED, Outcome.RECEIVED, Outcome.RECEIVED),
        (Outcome.ACCEPTED, Outcome.CONSULTED, Outcome.ACCEPTED),
        (Outcome.RECEIVED, Outcome.DECIDED, Outcome.DECIDED),
    ],
)
def test_a_turn_is_counted_by_the_furthest_it_came(before, now, counted):
    assert rules.further(before, now) is counted


@pytest.mark.parametrize(
    ("line", "sequence", "number"), [("B", 47, "B047"), ("ZA", 1200, "ZA1200")]
)
def test_a_number_has_its_line_and_three_digits_or_more(line, sequence, number):
    assert rules.ticket_number(line, sequence) == number


@pytest.mark.parametrize(
    ("text", "right"), [("B", True), ("AB", True), ("b", False), ("ABC", False), ("", False)]
)
def test_a_line_is_one_or_two_capitals(text, right):
    assert rules.is_line(text) is right


def test_items_are_counted_with_the_questions_about_them():
    told = [
        turn(outcome=Outcome.ACCEPTED, asked=["开店"]),
        turn(outcome=Outcome.RETURNED),
        turn(item="", outcome=Outcome.CONSULTED, asked=["挖路", "开店"]),
    ]
    first, second = rules.count_items(told)
    assert (first.label, first.received, first.accepted, first.returned, first.consulted) == (
        "挖路", 2, 1, 1, 1,
    )  # fmt: skip
    assert (second.label, second.received, second.consulted) == ("开店", 0, 2)


def test_clerks_are_counted_with_their_minutes_and_breaks():
    rests = [
        rules.Rest("马兰", AT, AT + timedelta(minutes=30)),
        rules.Rest("马兰", AT, None),
    ]
    told = [turn(), turn(minutes=7), turn(clerk="马兰", outcome=Outcome.NOTHING)]
    first, second = rules.count_clerks(told, rests, at=AT + timedelta(minutes=10))
    assert (first.label, first.persons, first.minutes, first.received) == ("李敏", 2, 12, 2)
    assert (second.persons, second.received, second.paused) == (1, 0, 40)
    assert rules.total_of([first, second]).persons == 3
