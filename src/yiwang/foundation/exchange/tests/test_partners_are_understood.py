"""What a partner says or does not say is told to the caller: clocks that differ, a rest that is over."""

from __future__ import annotations

import asyncio

import pytest

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import partners, refusals
from yiwang.foundation.exchange.tests.bad_days import HERE, THERE
from yiwang.foundation.exchange.tests.inside import code_of
from yiwang.foundation.exchange.tests.test_each_defence_is_needed import place, world  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_partner_that_finds_our_clock_wrong_is_understood(world):  # noqa: F811
    async def day():
        async with world.open():

            def wrong(*_args):
                raise refusals.ClockWrong

            world.lanzhou.house.partners.open = wrong
            status, answer = await world.call(THERE)
            assert (status, code_of(answer)) == (502, "ClocksDiffer")
            assert "时钟" in answer["refusal"]["remedy"]
            assert answer["status"] == "AWAY"
            assert (await world.call(HERE))[0] == 200

    asyncio.run(day())


def test_a_resting_partner_that_writes_is_asked_again(world):  # noqa: F811
    name = partners.name_of("62")

    async def day():
        async with world.open():
            for _ in range(breaker.FAILURES):
                breaker.failed(name)
            assert not breaker.may_call(name)
            assert (await world.seal(grant=world.grant, service=THERE))[0] == 200
            assert breaker.may_call(name)
            assert not breaker.may_call(name)  # one tries, the others wait for what he finds

    asyncio.run(day())
