"""Who fails waits; a stranger locks neither the owner on his own device nor a hall full of people."""

from datetime import timedelta

import pytest

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import (
    CODES_PER_ADDRESS_AND_DAY,
    CODES_PER_PHONE_AND_DAY,
    FAILURES_BEFORE_LOCK,
    FAILURES_PER_ADDRESS_BEFORE_LOCK,
    FAILURES_PER_HALL_BEFORE_PAUSE,
    HALL_PAUSE,
    AccountKind,
    CannotSignIn,
    Origin,
    TooManyTries,
)
from yiwang.support.identity.definitions.places import CannotRegisterNetwork

HALL, OUTSIDE = "198.51.100.9", "203.0.113.7"
SECURITY = Actor(
    ActorKind.OFFICIAL,
    "official:security",
    grants=(Grant(Role.SECURITY_ADMIN, "620000000000", None),),
)


@pytest.fixture
def hall(db, at):
    return actions.register_hall_network(
        name="城关区政务大厅", network="198.51.100.0/28", actor=SECURITY, at=at
    )


def _sign_in(
    login, at, *, password=sample.PASSWORD, kind=AccountKind.PERSON, device="", here=OUTSIDE
):
    origin = Origin(here, device)
    return actions.sign_in(kind=kind, login=login, password=password, origin=origin, at=at)


def _fail(login, at, times=1, **where):
    for _ in range(times):
        with pytest.raises(CannotSignIn):
            _sign_in(login, at, password="wrong", **where)


@pytest.fixture
def quick(monkeypatch):
    """Guessing many times without a quarter second each."""
    monkeypatch.setattr(
        "yiwang.support.identity.actions.signing_in.check_password",
        lambda given, _: given == sample.PASSWORD,
    )


def _waits(login, at, **where):
    with pytest.raises(TooManyTries) as caught:
        _sign_in(login, at, **where)
    return caught.value.retry_after_seconds


class TestOneName:
    def test_each_further_failure_costs_twice_the_wait_up_to_a_quarter_of_an_hour(
        self, person, at, quick
    ):
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK)
        moment, waits = at, []
        for _ in range(3):
            waits.append(_waits("maxiaoyan", moment))
            moment += timedelta(seconds=waits[-1])
            _fail("maxiaoyan", moment)
        assert waits == [60, 120, 240]
        assert _waits("maxiaoyan", moment) == 480

    def test_known_and_unknown_wait_alike(self, person, at, quick):
        for login in ("maxiaoyan", "nobody"):
            _fail(login, at, FAILURES_BEFORE_LOCK)
        assert _waits("maxiaoyan", at) == _waits("nobody", at)

    def test_a_stranger_does_not_lock_the_owner_out_on_his_own_device(self, person, at, quick):
        device = _sign_in("maxiaoyan", at).device
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK, here="203.0.113.66")
        assert _waits("maxiaoyan", at)
        assert _sign_in("maxiaoyan", at, device=device)
        assert _sign_in("19910000001", at, device=device)

    def test_the_known_device_has_a_limit_of_its_own_under_every_name(self, person, at, quick):
        device = _sign_in("maxiaoyan", at).device
        for login in ("maxiaoyan", "19910000001", "199 1000 0001", "+8619910000001", "MaXiaoYan"):
            known = login.lower().replace(" ", "") if login == "MaXiaoYan" else login
            _fail(known, at, device=device)
        assert _waits("maxiaoyan", at, device=device) == 60
        assert _sign_in("maxiaoyan", at)  # elsewhere nobody failed

    def test_a_device_known_to_one_account_is_not_known_to_another(self, person, at, quick):
        other = people.register_person(2, at=at)
        sample.open_person_account(other.reference, at=at, user_name="other")
        device = _sign_in("other", at).device
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK)
        assert _waits("maxiaoyan", at, device=device)

    @pytest.mark.parametrize("forged", ["x", "0" * 32, "0" * 32 + "." + "1" * 32, "." * 600])
    def test_a_made_up_device_is_a_stranger(self, person, at, quick, forged):
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK, device=forged)
        assert _waits("maxiaoyan", at, device=forged)
        assert _waits("maxiaoyan", at)

    def test_one_device_remembers_those_who_used_it_and_names_nobody(self, person, official, at):
        device = _sign_in("maxiaoyan", at).device
        both = _sign_in("approver", at, kind=AccountKind.OFFICIAL, device=device).device
        number, *marks = both.split(".")
        assert device.split(".")[0] == number
        assert len(marks) == 2
        assert person.reference.split(":")[1] not in both
        assert _sign_in("maxiaoyan", at, device=both).device.split(".")[1:] == marks[::-1]


class TestAHall:
    def test_an_address_elsewhere_is_locked_a_hall_is_not(self, person, hall, at, quick):
        for n in range(FAILURES_PER_ADDRESS_BEFORE_LOCK):
            _fail(f"name{n}", at, here=HALL)
            _fail(f"name{n}", at, here=OUTSIDE)
        assert _waits("maxiaoyan", at, here=OUTSIDE)
        assert _sign_in("maxiaoyan", at, here=HALL)

    def test_one_attacker_in_the_hall_does_not_lock_the_clerks_out(self, official, hall, at, quick):
        clerk = {"kind": AccountKind.OFFICIAL, "here": HALL}
        device = _sign_in("approver", at, **clerk).device
        for n in range(FAILURES_PER_HALL_BEFORE_PAUSE + 20):
            _fail(f"name{n}", at, **clerk)
        _fail("approver", at, FAILURES_BEFORE_LOCK, **clerk)
        assert _waits("approver", at, **clerk)  # his name, on a machine nobody knows
        assert _sign_in("approver", at, device=device, **clerk)
        sample.open_official_account("colleague", at=at)
        assert _sign_in("colleague", at, **clerk)  # never here before, and not slowed

    def test_a_hall_of_citizens_is_slowed_by_seconds_and_known_devices_not_at_all(
        self, person, hall, at, quick
    ):
        device = _sign_in("maxiaoyan", at, here=HALL).device
        for n in range(FAILURES_PER_HALL_BEFORE_PAUSE):
            _fail(f"name{n}", at, here=HALL)
        assert _waits("maxiaoyan", at, here=HALL) == HALL_PAUSE.total_seconds()
        assert _sign_in("maxiaoyan", at, here=HALL, device=device)
        actions.send_code(phone="19910000001", origin=Origin(HALL), at=at)  # the other road
        assert _sign_in("maxiaoyan", at + HALL_PAUSE, here=HALL)

    def test_a_name_locked_outside_is_open_in_the_hall_and_the_reverse(
        self, person, hall, at, quick
    ):
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK, here=OUTSIDE)
        assert _sign_in("maxiaoyan", at, here=HALL)
        _fail("maxiaoyan", at, FAILURES_BEFORE_LOCK, here=HALL)
        later = at + timedelta(minutes=1)
        assert _sign_in("maxiaoyan", later, here=OUTSIDE)

    def test_more_codes_leave_a_hall_than_an_address(self, person, hall, at):
        for n in range(CODES_PER_ADDRESS_AND_DAY):
            for here in (HALL, OUTSIDE):
                actions.send_code(
                    phone=f"1992{n:03d}{here[:4].replace('.', '0')}", origin=Origin(here), at=at
                )
        with pytest.raises(TooManyTries):
            actions.send_code(phone="19910000001", origin=Origin(OUTSIDE), at=at)
        actions.send_code(phone="19910000001", origin=Origin(HALL), at=at)

    def test_an_ended_hall_is_an_address_like_any_other(self, person, hall, at, quick):
        actions.end_hall_network(network=hall, actor=SECURITY, at=at)
        for n in range(FAILURES_PER_ADDRESS_BEFORE_LOCK):
            _fail(f"name{n}", at, here=HALL)
        assert _waits("maxiaoyan", at, here=HALL)
        assert queries.list_hall_networks() == ()


class TestCodes:
    def test_a_stranger_cannot_use_up_the_owners_codes(self, person, at):
        device, moment = _sign_in("maxiaoyan", at).device, at
        for _ in range(CODES_PER_PHONE_AND_DAY):
            actions.send_code(phone="19910000001", origin=Origin(OUTSIDE), at=moment)
            moment += timedelta(minutes=1)
        with pytest.raises(TooManyTries):
            actions.send_code(phone="19910000001", origin=Origin(OUTSIDE), at=moment)
        actions.send_code(phone="19910000001", origin=Origin(OUTSIDE, device), at=moment)

    def test_a_strangers_code_and_guesses_do_not_spoil_the_owners(self, person, at):
        import re

        from yiwang.support.messages import queries as messages

        device = _sign_in("maxiaoyan", at).device
        mine = Origin(OUTSIDE, device)
        actions.send_code(phone="19910000001", origin=mine, at=at)
        code = re.search(r"\d{6}", messages.list_simulated_sms()[0].text).group()
        stranger = Origin("203.0.113.66")
        actions.send_code(phone="19910000001", origin=stranger, at=at)
        given = {"phone": "19910000001", "at": at}
        for _ in range(FAILURES_BEFORE_LOCK):
            with pytest.raises(CannotSignIn):
                actions.sign_in_with_code(code="000000", origin=stranger, **given)
        assert actions.sign_in_with_code(code=code, origin=mine, **given)


class TestRegistering:
    @pytest.mark.parametrize(
        "network", ["", "hall", "0.0.0.0/0", "198.51.0.0/19", "2001:db8::/32", "198.51.100.9/33"]
    )
    def test_only_a_halls_own_addresses_are_registered(self, db, at, network):
        with pytest.raises(CannotRegisterNetwork):
            actions.register_hall_network(name="x", network=network, actor=SECURITY, at=at)

    def test_an_address_in_ipv6_is_known_by_its_household(self, db, at):
        actions.register_hall_network(
            name="新大厅", network="2001:db8:1::/48", actor=SECURITY, at=at
        )
        from yiwang.support.identity.actions.halls import locate

        here = queries.client_address(remote="2001:db8:1:2::9", forwarded="")
        assert locate(here).name == "新大厅"

    def test_the_same_addresses_are_registered_once(self, hall, at):
        with pytest.raises(CannotRegisterNetwork):
            actions.register_hall_network(
                name="再来", network="198.51.100.3/28", actor=SECURITY, at=at
            )

    def test_only_a_security_administrator_registers_and_ends(self, hall, at):
        clerk = Actor(
            ActorKind.OFFICIAL,
            "official:x",
            grants=(Grant(Role.WINDOW_CLERK, "620000000000", None),),
        )
        with pytest.raises(NotAllowed):
            actions.register_hall_network(name="x", network="192.0.2.0/28", actor=clerk, at=at)
        with pytest.raises(NotAllowed):
            actions.end_hall_network(network=hall, actor=clerk, at=at)
        with pytest.raises(NotFound):
            actions.end_hall_network(network="none", actor=SECURITY, at=at)
