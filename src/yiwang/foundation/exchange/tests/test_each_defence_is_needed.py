"""Each bad day is survived, and with its one defence taken out of the running code it is not."""

from __future__ import annotations

import asyncio

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests import (
    bad_days,
    bad_days_of_large_replies,
    inside,
    large,
    running,
    two,
)
from yiwang.foundation.exchange.tests.bad_days import HERE, THERE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        two.databases(tmp_path_factory.mktemp("lanzhou")) as found,
    ):
        yield found


#: Small and large replies live their days in the same world.
DEFENCES = [
    *(pytest.param(one, id=one.name) for one in bad_days.DEFENCES),
    *(pytest.param(one, id=f"large: {one.name}") for one in bad_days_of_large_replies.DEFENCES),
]


@pytest.fixture
def world(place, monkeypatch):
    """Services of the province and of Lanzhou, granted to a department of the province."""
    for name, mode in large.MODES.items():
        monkeypatch.setitem(MODES, name, mode)
    port = running.free_port()
    good = f"http://127.0.0.1:{port}"
    place.introduce()
    for code, upstream, more in (
        (HERE, f"{good}/good", {}),
        (THERE, f"{good}/good", {}),
        ("62/few", f"{good}/good", {}),
        ("62/slow", f"{good}/slow", {}),
        ("620100/slow", f"{good}/slow", {}),
        ("62/narrow", f"{good}/slow", {"per_partner": 1}),
        ("62/impatient", f"{good}/slow", {"limit_seconds": 0.3}),
        ("62/large", f"{good}/large", {"reply_bytes": 100_000}),
        ("62/error", f"{good}/error", {}),
        ("62/inward", f"{good}/inward", {}),
        ("62/number", f"https://127.0.0.1:{port}/good", {"private_ok": False}),
        ("62/name", f"https://localhost:{port}/good", {"private_ok": False}),
        *((f"62/{name}", f"{good}/{name}", more) for name, more in large.SERVICES.items()),
        ("620100/several", f"{good}/several", large.SERVICES["several"]),
        ("62/changing", f"https://data.example.org:{port}/good", {"private_ok": False}),
    ):
        sample.service(code, upstream=upstream, **more)
        few = {"per_day": 2} if code == "62/few" else {}
        if code.split("/")[1] in large.SERVICES:
            few = {"clear_fields": ("address",)}
        key = agreements.grant(code, fields=("name", "alive", "address"), **few)
        if code == THERE:
            grant = key
    caller, hasty = sample.system("62/approval"), sample.system("62/hasty", per_second=5)
    place.tell()
    found = inside.World(place, running.Caller(place.province, caller.key_id, caller.secret), port)
    found.hasty = running.Caller(place.province, hasty.key_id, hasty.secret)
    found.grant = grant
    return found


def live(world, day):
    async def one():
        async with world.open():
            await day(world)

    asyncio.run(one())


@pytest.mark.parametrize("defence", DEFENCES)
def test_the_bad_day_is_survived(world, defence):
    live(world, defence.day)


@pytest.mark.parametrize("defence", DEFENCES)
def test_without_its_defence_it_is_not(world, defence, monkeypatch):
    defence.remove(monkeypatch)
    with pytest.raises(AssertionError):
        live(world, defence.day)
