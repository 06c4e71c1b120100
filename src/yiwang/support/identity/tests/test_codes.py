import re
from datetime import timedelta

import pytest

from yiwang.kernel.refusals import InvalidInput
from yiwang.support.identity import actions
from yiwang.support.identity.definitions import (
    CODES_PER_PHONE_AND_DAY,
    CannotSignIn,
    Origin,
    TooManyTries,
)
from yiwang.support.identity.models import OneTimeCode
from yiwang.support.messages import queries as messages

PHONE, HERE = "19910000001", "203.0.113.7"


def _send(at, phone=PHONE, address=HERE):
    actions.send_code(phone=phone, origin=Origin(address), at=at)


def _code() -> str:
    return re.search(r"\d{6}", messages.list_simulated_sms()[0].text).group()


def _use(code, at, phone=PHONE):
    return actions.sign_in_with_code(phone=phone, code=code, origin=Origin(HERE), at=at)


def _other(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_sent_signs_in_once(person, at):
    _send(at)
    code = _code()
    assert _use(code, at, "+86 199-1000-0001").actor.reference == person.reference
    with pytest.raises(CannotSignIn):
        _use(code, at)


def test_a_code_is_over_after_five_minutes(person, at):
    _send(at)
    with pytest.raises(CannotSignIn):
        _use(_code(), at + timedelta(minutes=5))


def test_five_wrong_tries_spend_the_code(person, at):
    _send(at)
    code = _code()
    for _ in range(5):
        with pytest.raises(CannotSignIn):
            _use(_other(code), at)
    with pytest.raises((CannotSignIn, TooManyTries)):
        _use(code, at)
    assert OneTimeCode.objects.get().tries == 5


def test_only_the_newest_code_counts(person, at):
    _send(at)
    old = _code()
    _send(at + timedelta(seconds=61))
    if _code() != old:
        with pytest.raises(CannotSignIn):
            _use(old, at + timedelta(seconds=62))
    assert _use(_code(), at + timedelta(seconds=63))


def test_codes_are_kept_as_digests(person, at):
    _send(at)
    assert _code() not in str(OneTimeCode.objects.values_list())


def test_an_unknown_phone_gets_no_message_and_the_same_answer(person, at):
    assert _send(at, "19920000002") is None
    assert messages.list_simulated_sms() == ()
    with pytest.raises(CannotSignIn) as unknown:
        _use("123456", at, "19920000002")
    _send(at, address="203.0.113.9")
    with pytest.raises(CannotSignIn) as wrong:
        _use(_other(_code()), at)
    assert unknown.value.as_json() == wrong.value.as_json()


def test_a_phone_waits_a_minute_and_gets_ten_a_day(person, at):
    _send(at)
    with pytest.raises(TooManyTries):
        _send(at + timedelta(seconds=30))
    for n in range(1, CODES_PER_PHONE_AND_DAY):
        _send(at + timedelta(minutes=2 * n))
    with pytest.raises(TooManyTries):
        _send(at + timedelta(minutes=40))
    _send(at + timedelta(days=1, minutes=1))


@pytest.mark.parametrize("phone", ["", "12345", "1991000000", "19910000001a", "0931-8888888"])
def test_what_is_no_mobile_number_is_refused_by_field(db, phone, at):
    with pytest.raises(InvalidInput) as caught:
        _send(at, phone)
    assert caught.value.fields[0].field == "phone"
