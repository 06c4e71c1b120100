"""A card is believed only when it is whole; a reader that misbehaves is a refusal with a way on."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_citizen_id
from yiwang.support.readers import actions, queries, rules
from yiwang.support.readers.definitions import (
    CardExpired,
    CardRead,
    CardUnreadable,
    Mood,
    NoCard,
    NoSimulator,
    ReaderAway,
)
from yiwang.support.readers.models import SimulatedCard

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
NUMBER = make_citizen_id("620102", date(1984, 6, 17), 42)
PLACE = "counter:one"


def card(number: str = NUMBER, name: str = "马晓燕", until: date | None = None) -> CardRead:
    return CardRead(name, number, date(2020, 1, 1), until)


@pytest.mark.parametrize("until", [None, TODAY, TODAY + timedelta(days=1)])
def test_a_whole_valid_card_is_believed_with_a_tidy_number(until):
    spaced = f"{NUMBER[:6]} {NUMBER[6:].lower()}"
    assert rules.checked(card(spaced, " 马晓燕 ", until), today=TODAY) == card(until=until)


@pytest.mark.parametrize("number", ["", NUMBER[:-1], NUMBER[:-1] + "#", "6" * 18])
def test_half_a_number_or_a_wrong_check_digit_is_not(number):
    with pytest.raises(CardUnreadable):
        rules.checked(card(number), today=TODAY)


def test_a_card_without_a_name_is_not():
    with pytest.raises(CardUnreadable):
        rules.checked(card(name="  "), today=TODAY)


def test_a_card_that_ran_out_yesterday_is_not():
    with pytest.raises(CardExpired):
        rules.checked(card(until=TODAY - timedelta(days=1)), today=TODAY)


def put(mood: Mood = Mood.GOOD) -> None:
    actions.put_card(
        place=PLACE, name="马晓燕", citizen_id=NUMBER, mood=mood, actor=machine("tests"), at=AT
    )


@pytest.mark.django_db
class TestTheSimulator:
    def test_it_reads_what_lies_on_it(self):
        with pytest.raises(NoCard):
            queries.read_card(place=PLACE, at=AT)
        put()
        assert queries.read_card(place=PLACE, at=AT).citizen_id == NUMBER
        with pytest.raises(NoCard):
            queries.read_card(place="counter:two", at=AT)

    def test_a_slow_one_is_given_up_in_time(self):
        put(Mood.SLOW)
        began = time.monotonic()
        with pytest.raises(ReaderAway):
            queries.read_card(place=PLACE, at=AT, limit_seconds=0.2)
        assert time.monotonic() - began < 1

    def test_one_that_was_cut_off_says_so_at_the_foot_of_the_screen(self):
        put()
        assert queries.works(PLACE)
        put(Mood.AWAY)
        assert not queries.works(PLACE)

    def test_name_and_number_are_cipher_text_in_their_table(self):
        put()
        [kept] = SimulatedCard.objects.extra(select={"raw": "name || citizen_id"}).values_list(
            "raw", flat=True
        )
        assert NUMBER not in kept
        assert "马晓燕" not in kept

    def test_outside_the_sample_there_is_none(self, settings):
        put()
        settings.SAMPLE = False
        with pytest.raises(NoSimulator):
            put()
        with pytest.raises(ReaderAway):
            queries.read_card(place=PLACE, at=AT)
