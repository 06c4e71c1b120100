"""Envelopes: one bit more or less, and nobody opens them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.exchange.fastpath import envelope

AT = datetime(2026, 12, 14, 4, 0, 0, 123000, tzinfo=UTC)
KEYS = envelope.PairKeys(sealing=b"s" * 16, proving=b"m" * 32)
OTHERS = envelope.PairKeys(sealing=b"t" * 16, proving=b"n" * 32)
HEAD = envelope.Head("call", "620100", "62", "sign-node.1", "sign-node.2", AT, "ab" * 16)
BODY = '{"purpose":"高龄津贴","parameters":{"citizen_id":"62010219400101001X"}}'.encode()


@given(st.binary(max_size=3000))
def test_what_is_closed_opens_again(body):
    assert envelope.open_message(KEYS, envelope.close_message(KEYS, HEAD, body)) == (HEAD, body)


def test_nothing_of_the_body_is_readable_outside():
    closed = envelope.close_message(KEYS, HEAD, BODY)
    assert b"citizen_id" not in closed
    assert b"62010219400101001X" not in closed


def test_the_same_body_never_looks_the_same():
    assert envelope.close_message(KEYS, HEAD, BODY) != envelope.close_message(KEYS, HEAD, BODY)


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """One of the things that go wrong on a way or are done on purpose."""
    place = chance.randrange(len(raw))
    match chance.randrange(8):
        case 0:  # one bit
            return raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(8))]) + raw[place + 1 :]
        case 1:  # another byte
            other = (raw[place] + 1 + chance.randrange(255)) % 256
            return raw[:place] + bytes([other]) + raw[place + 1 :]
        case 2:  # cut off
            return raw[:place]
        case 3:  # the beginning lost
            return raw[place + 1 :]
        case 4:  # something added
            return raw[:place] + chance.randbytes(1 + chance.randrange(20)) + raw[place:]
        case 5:  # added at the end
            return raw + chance.randbytes(1 + chance.randrange(40))
        case 6:  # two pieces change places
            return raw[place:] + raw[:place]
        case _:  # a stretch of zeros
            end = min(len(raw), place + 1 + chance.randrange(16))
            return raw[:place] + b"\0" * (end - place) + raw[end:]


def test_of_ten_thousand_altered_envelopes_none_is_accepted():
    chance = random.Random(250)
    closed = envelope.close_message(KEYS, HEAD, BODY)
    tried = 0
    while tried < 10_000:
        changed = mutated(closed, chance)
        if changed == closed:
            continue
        tried += 1
        with pytest.raises(envelope.NotGenuine):
            envelope.open_message(KEYS, changed)


def test_ten_thousand_altered_requests_do_not_fit_their_mac():
    chance = random.Random(251)
    parts = {
        "method": "POST",
        "target": "/exchange/v1/calls/62/household-register?trace=1",
        "key_id": "k1",
        "time": AT.isoformat(),
        "nonce": "n" * 20,
        "digest": envelope.digest(BODY),
    }
    given_mac = envelope.mac(b"secret" * 6, envelope.text_of_request(**parts))
    assert envelope.mac_fits(b"secret" * 6, envelope.text_of_request(**parts), given_mac)
    tried = 0
    while tried < 10_000:
        name = chance.choice([*parts, "mac"])
        before = given_mac if name == "mac" else parts[name]
        changed = mutated(before.encode(), chance).decode("utf-8", "replace")
        if changed == before:
            continue
        tried += 1
        text = envelope.text_of_request(**(parts if name == "mac" else {**parts, name: changed}))
        shown = changed if name == "mac" else given_mac
        assert not envelope.mac_fits(b"secret" * 6, text, shown)


def test_a_message_for_other_keys_does_not_open():
    with pytest.raises(envelope.NotGenuine):
        envelope.open_message(OTHERS, envelope.close_message(KEYS, HEAD, BODY))


def test_a_head_cannot_be_put_before_another_body():
    one = envelope.close_message(KEYS, HEAD, BODY)
    other_head = HEAD._replace(message="cd" * 16)
    other = envelope.close_message(KEYS, other_head, b"{}")
    length = 5 + len(HEAD.as_bytes())
    with pytest.raises(envelope.NotGenuine):
        envelope.open_message(KEYS, one[:length] + other[length:])


@pytest.mark.parametrize(
    "raw", [b"", b"YW2", b"YW2\0\2[]" + b"x" * 99, b"YW2\xff\xff" + b"[" * 9999]
)
def test_garbage_has_no_head(raw):
    with pytest.raises(envelope.NotGenuine):
        envelope.read_head(raw)


def test_an_answer_belongs_to_its_question():
    answer = HEAD.reply(AT)
    assert envelope.answers(answer, HEAD)
    other = envelope.Head("call", "62", "620100", "sign-node.2", "sign-node.1", AT, "cd" * 16, True)
    assert not envelope.answers(other, HEAD)
    assert not envelope.answers(HEAD, HEAD)


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, True), (300, True), (-300, True), (301, False), (-600, False)]
)
def test_a_clock_may_be_five_minutes_off(seconds, good):
    assert envelope.is_timely(AT + timedelta(seconds=seconds), AT) is good


@pytest.mark.parametrize("text", ["", "yesterday", "2026-12-14T04:00:00", "1"])
def test_a_moment_without_a_zone_is_none(text):
    assert envelope.moment_of(text) is None


def test_the_number_of_a_call_follows_from_key_and_nonce():
    assert envelope.message_of("k1", "n" * 16) == envelope.message_of("k1", "n" * 16)
    assert envelope.message_of("k2", "n" * 16) != envelope.message_of("k1", "n" * 16)


def test_sealing_and_proving_are_done_with_different_keys():
    keys = envelope.keys_of(b"p" * 32)
    assert keys == envelope.keys_of(b"p" * 32)
    assert keys.sealing != keys.proving
