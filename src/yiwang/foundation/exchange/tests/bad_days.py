"""Bad days of the exchange, each with the one defence that stands against it and how it is taken out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import (
    callers,
    countersigning,
    egress,
    envelope,
    grants,
    house,
    limits,
    links,
    meta,
    partners,
    receipts,
    refusals,
    relay,
    server,
    serving,
    signatures,
    snapshot,
    upstreams,
    web,
)
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests.inside import (
    Instead,
    World,
    address_of,
    code_of,
    said,
    until,
)

Patch = pytest.MonkeyPatch
HERE, THERE = "62/household-register", "620100/household-register"
NAME = "马晓燕"
OURS = said()


@dataclass(frozen=True)
class Defence:
    """``day`` fails when what it stands against happens."""

    name: str
    remove: Callable[[Patch], None]
    day: Callable[[World], Awaitable[None]]


# --- who is calling -------------------------------------------------------------------------------


async def somebody_signs_with_nothing(w: World) -> None:
    headers = w.caller.headers(address_of(HERE), OURS) | {"X-Exchange-Mac": "0" * 64}
    status, answer = await w.send(w.province, address_of(HERE), OURS, headers)
    assert (status, code_of(answer), w.asked()) == (401, "CallerNotProven", 0)


async def another_body_under_the_same_proof(w: World) -> None:
    headers = w.caller.headers(address_of(HERE), OURS)
    other = said(parameters={"citizen_id": "620102195001010011"})
    status, _answer = await w.send(w.province, address_of(HERE), other, headers)
    assert (status, w.asked()) == (401, 0)


async def a_proof_for_another_service(w: World) -> None:
    headers = w.caller.headers(address_of(THERE), OURS)
    status, _answer = await w.send(w.province, address_of(HERE), OURS, headers)
    assert (status, w.asked()) == (401, 0)


async def a_call_is_repeated(w: World) -> None:
    nonce = secrets.token_hex(16)
    await w.call(HERE, nonce=nonce)
    assert (await w.call(HERE, nonce=nonce))[0] == 409
    assert w.asked() == 1


async def a_call_is_repeated_after_a_restart(w: World) -> None:
    nonce = secrets.token_hex(16)
    await w.call(HERE, nonce=nonce)
    await w.province.restart()
    assert (await w.call(HERE, nonce=nonce))[0] == 409
    assert w.asked() == 1


async def a_call_of_ten_minutes_ago(w: World) -> None:
    status, answer = await w.call(HERE, at=datetime.now(UTC) - timedelta(minutes=10))
    assert (status, code_of(answer), w.asked()) == (401, "ClockWrong", 0)


async def a_caller_in_a_hurry(w: World) -> None:
    found = [await w.call(HERE, caller=w.hasty) for _ in range(12)]
    assert "TooManyCalls" in [code_of(answer) for _status, answer in found]


# --- between nodes --------------------------------------------------------------------------------


async def an_envelope_is_repeated(w: World) -> None:
    closed: list[bytes] = []

    def keep(raw: bytes) -> bytes:
        closed.append(raw)
        return closed[0]

    assert (await w.seal(grant=w.grant, service=THERE, raw=keep))[0] == 200
    assert (await w.seal(grant=w.grant, service=THERE, raw=keep))[0] == 409
    assert w.asked() == 1


async def an_envelope_is_altered(w: World) -> None:
    status, _answer = await w.seal(
        grant=w.grant, service=THERE, raw=lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])
    )
    assert (status, w.asked()) == (401, 0)


async def an_envelope_of_ten_minutes_ago(w: World) -> None:
    head = {"at": datetime.now(UTC) - timedelta(minutes=10)}
    status, answer = await w.seal(grant=w.grant, service=THERE, head=head)
    assert (status, code_of(answer), w.asked()) == (401, "ClockWrong", 0)


async def an_earlier_answer_is_given_again(w: World) -> None:
    house_, first = w.province.house, []
    post = house_.upstreams.post

    async def replaying(*args: Any, **more: Any) -> bytes:
        first.append(await post(*args, **more))
        return first[0]

    house_.upstreams.post = replaying  # type: ignore[method-assign]
    given = (house_.snapshots.current, "620100", meta.KIND, b"{}")
    await house_.partners.ask(*given)
    with contextlib.suppress(refusals.PartnerNonsense):
        raise AssertionError(f"taken for an answer: {await house_.partners.ask(*given)!r}")


async def a_partner_asks_what_it_may_not(w: World) -> None:
    await w.seal(grant=w.grant, service=THERE, purpose="随便看看")
    assert w.asked() == 0


async def a_partner_gives_more_than_it_was_asked_for(w: World) -> None:
    with pytest.MonkeyPatch.context() as there:  # Lanzhou lost its own sieve
        there.setattr(grants.Sieve, "one", lambda self, record: record)
        status, answer = await w.call(THERE, fields=["alive"])
    assert status == 502, answer
    assert "address" not in json.dumps(answer)


async def a_block_is_signed_by_nobody(w: World) -> None:
    digest = "ab" * 32
    root = rules.shared_root([digest])
    keys, head, _ = two_message(w, countersigning.KIND)
    body = {
        "number": 1, "root": root, "count": 1, "signature": "sm2-sm3$sign-node.1$AAAA",
        "calls": [["ab" * 16, "CONSUMER", digest]],
    }  # fmt: skip
    raw = envelope.close_message(keys, head, json.dumps(body).encode())
    _status, answer = await w.send(w.lanzhou, partners.RELAY, raw, {})
    opened = envelope.open_message(keys, answer)[1]
    assert b"MessageNotGenuine" in opened


def two_message(w: World, kind: str) -> Any:
    from yiwang.foundation.exchange.tests import two

    return two.message_to(w.place, b"", kind=kind)


# --- may they -------------------------------------------------------------------------------------


async def a_purpose_nobody_granted(w: World) -> None:
    status, _answer = await w.call(THERE, purpose="随便看看")
    assert status == 403
    assert w.lanzhou.requests[partners.RELAY] == 0  # nothing left the node


async def a_grant_is_revoked_in_mid_call(w: World) -> None:
    waiting = asyncio.create_task(w.call("620100/slow"))
    await until(lambda: w.asked("slow"))
    await w.lanzhou.change("UPDATE agreements_grant SET state = 'SUSPENDED'")
    status, answer = await waiting
    assert (status, code_of(answer)) == (403, "GrantIsOver")
    assert "value" not in answer


async def the_asking_side_ends_it_in_mid_call(w: World) -> None:
    waiting = asyncio.create_task(w.call("620100/slow"))
    await until(lambda: w.asked("slow"))
    await w.province.change("UPDATE agreements_grant SET state = 'ENDED'")
    status, answer = await waiting
    assert (status, code_of(answer)) == (403, "GrantIsOver")
    assert "value" not in answer


async def a_service_is_stopped_in_mid_call(w: World) -> None:
    waiting = asyncio.create_task(w.call("62/slow"))
    await until(lambda: w.asked("slow"))
    await w.province.change("UPDATE exchange_service SET state = 'STOPPED'")
    assert code_of((await waiting)[1]) == "ServiceIsStopped"


async def a_field_is_given_in_clear_by_nobody_s_leave(w: World) -> None:
    _status, answer = await w.call(HERE)
    assert answer["status"] == "FOUND"
    assert NAME not in json.dumps(answer, ensure_ascii=False)


async def more_calls_than_the_day_s_number(w: World) -> None:
    found = [await w.call("62/few") for _ in range(4)]
    assert [status for status, _answer in found] == [200, 200, 429, 429]


# --- a partner that misbehaves --------------------------------------------------------------------


async def an_answer_of_fifty_megabytes(w: World) -> None:
    assert code_of((await w.call("62/large"))[1]) == "ReplyTooLarge"


async def an_answer_that_does_not_come(w: World) -> None:
    began = asyncio.get_running_loop().time()
    assert code_of((await w.call("62/impatient"))[1]) == "PartnerAway"
    assert asyncio.get_running_loop().time() - began < w.partner.slow_seconds


async def a_partner_is_at_its_limit(w: World) -> None:
    first = asyncio.create_task(w.call("62/narrow"))
    await until(lambda: w.asked("slow"))
    assert code_of((await w.call("62/narrow"))[1]) == "PartnerBusy"
    await first


async def a_partner_fails_again_and_again(w: World) -> None:
    for _ in range(8):
        await w.call("62/error")
    assert w.asked("error") == 5


# --- what is asked for inside ---------------------------------------------------------------------


async def a_service_s_address_is_our_own_machine(w: World) -> None:
    assert code_of((await w.call("62/number"))[1]) == "AddressForbidden"
    assert w.partner.knocks == 0


async def a_service_s_name_means_our_own_machine(w: World) -> None:
    assert code_of((await w.call("62/name"))[1]) == "AddressForbidden"
    assert w.partner.knocks == 0


async def a_name_means_something_else_the_second_time(w: World) -> None:
    left = ["93.184.216.34", "127.0.0.1"]
    real = asyncio.BaseEventLoop.getaddrinfo

    async def changing(self: Any, host: str, port: int, **more: Any) -> Any:
        if host != "data.example.org":
            return await real(self, host, port, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    with pytest.MonkeyPatch.context() as names:
        names.setattr(asyncio.BaseEventLoop, "getaddrinfo", changing)
        # public when it was looked at first
        await egress.look_up("data.example.org", w.partner_port, private_ok=False)
        assert code_of((await w.call("62/changing"))[1]) == "AddressForbidden"
    assert w.partner.knocks == 0


async def a_service_sends_us_elsewhere(w: World) -> None:
    with pytest.MonkeyPatch.context() as mode:
        mode.setitem(MODES, "inward", _inward)
        assert code_of((await w.call("62/inward"))[1]) == "PartnerNonsense"
    assert w.asked("good") == 0


async def _inward(partner: Any, writer: Any, answer: Any) -> None:
    writer.write(b"HTTP/1.1 307 Moved\r\nLocation: /good\r\nContent-Length: 0\r\n\r\n")


# --- what is too large or too slow on our side ----------------------------------------------------


async def a_question_of_two_megabytes(w: World) -> None:
    body = OURS + b" " * 2_000_000
    headers = w.caller.headers(address_of(HERE), body)
    assert (await w.send(w.province, address_of(HERE), body, headers))[0] == 413


async def a_question_that_is_never_finished(w: World) -> None:
    async def slowly() -> Any:
        yield OURS[:10]
        await asyncio.sleep(3)
        yield OURS[10:]

    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(web, "BODY_SECONDS", web.BODY_SECONDS / 200)
        headers = w.caller.headers(address_of(HERE), OURS)
        status, _answer = await w.send(w.province, address_of(HERE), slowly(), headers)
    assert (status, w.asked()) == (400, 0)


# --- no answer without a receipt ------------------------------------------------------------------


async def the_database_goes_in_mid_call(w: World) -> None:
    await _without_receipts(w, w.province, during="62/slow")


async def the_provider_s_database_goes_in_mid_call(w: World) -> None:
    await _without_receipts(w, w.lanzhou, during="620100/slow")


async def _without_receipts(w: World, node: Any, *, during: str) -> None:
    waiting = asyncio.create_task(w.call(during))
    await until(lambda: w.asked("slow"))
    async with _away(node):
        _status, answer = await waiting
    assert answer.get("status") != "FOUND", answer
    assert "value" not in answer


async def the_database_is_away(w: World) -> None:
    async with _away(w.province):
        await w.province.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await until(lambda: not w.province.house.receipts.alive)
        await asyncio.sleep(1)  # what may be asked is read again; receipts still cannot be written
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):
                assert (await w.call(HERE))[0] == 503
        assert w.asked() == 0  # nobody is told who is being looked for


@contextlib.asynccontextmanager
async def _away(node: Any) -> Any:
    await node.run("ALTER TABLE exchange_receipt RENAME TO exchange_receipt_away")
    try:
        yield
    finally:
        await node.run("ALTER TABLE exchange_receipt_away RENAME TO exchange_receipt")


async def nobody_told_us_what_was_revoked(w: World) -> None:
    snapshots = w.province.house.snapshots
    w.province.house._tasks[0].cancel()  # as when the database does not answer any more
    snapshots._newest = replace(snapshots._newest, taken=snapshots._newest.taken - 6)
    status, answer = await w.call(HERE)
    assert (status, code_of(answer), w.asked()) == (503, "ExchangeAway", 0)


# --- how each is taken out ------------------------------------------------------------------------


def put(module: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(module, name, value)


def within(module: Any, name: str, **changes: Any) -> Callable[[Patch], None]:
    """What one module imported under a name, with changes; everybody else keeps the real one."""
    return lambda patch: patch.setattr(module, name, Instead(getattr(module, name), **changes))


def yes(*_args: Any, **_more: Any) -> bool:
    return True


def nothing(*_args: Any, **_more: Any) -> None:
    return None


def unchecked(*, time: int) -> Callable[[Patch], None]:
    """The provider's look at the grant left out: the first one (before), or the second (after)."""
    asked: dict[str, int] = {}

    def check(snapshot: Any, question: Any, **more: Any) -> Any:
        known.setdefault(question.grant, snapshot.grants.get(question.grant))
        asked[question.as_bytes()] = asked.get(question.as_bytes(), 0) + 1
        if asked[question.as_bytes()] == time:
            return known[question.grant]
        return grants.check(snapshot, question, **more)

    known: dict[str, Any] = {}
    return within(serving, "grants", check=check)


def any_grant(snapshot: Any, question: Any, *, node: str, at: Any) -> Any:
    return snapshot.by_service[question.service, node][0]


def still_there(house_: Any, question: Any) -> Any:
    return house_.snapshots.current.services[question.service]


async def forget(self: Any, *_args: Any) -> None:
    """Nothing is taken over from earlier processes."""


async def later(self: Any, *given: Any) -> None:
    """A receipt is put on the pile, and the answer leaves."""
    done = asyncio.get_running_loop().create_future()
    self._waiting.append(receipts._Waiting(given, done))
    self._wake.set()


async def unlooked(host: str, port: int, *, private_ok: bool) -> Any:
    return await egress.resolve(host, port)


def looked_once() -> Any:
    """The classic mistake: a name that was good once is good."""
    good: set[str] = set()

    async def look_up(host: str, port: int, *, private_ok: bool) -> Any:
        if host in good:
            return await egress.resolve(host, port)
        found = await _LOOK_UP(host, port, private_ok=private_ok)
        good.add(host)
        return found

    return look_up


_LOOK_UP, _ASK, _ASK_ONE = egress.look_up, links.Links.ask, links.Link.ask


async def read_all(self: Any, raw: bytes, *, seconds: float, most: int) -> Any:
    return await _ASK_ONE(self, raw, seconds=seconds, most=1 << 30)


async def patient(self: Any, raw: bytes, *, seconds: float, most: int) -> Any:
    return await _ASK_ONE(self, raw, seconds=1e6, most=most)


async def followed(self: Any, machine: Any, raw: bytes, **more: Any) -> Any:
    answer = await _ASK(self, machine, raw, **more)
    if "Location" not in answer.headers:
        return answer
    there = answer.headers["Location"].encode()
    elsewhere = b"POST " + there + b" HTTP/1.1\r\n" + raw.split(b"\r\n", 1)[1]
    return await _ASK(self, machine, elsewhere, **more)


def all_of(*removed: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """Several that each stand against the same."""

    def remove(patch: Patch) -> None:
        for one in removed:
            one(patch)

    return remove


def of_service_here(**given: Any) -> bytes:
    return envelope.text_of_request(**(given | {"target": address_of(THERE)}))


DEFENCES = (
    Defence("proof of the caller", put(callers, "_is_proven", yes), somebody_signs_with_nothing),
    Defence(
        "hash of the body",
        within(callers, "envelope", digest=lambda body: envelope.digest(OURS)),
        another_body_under_the_same_proof,
    ),
    Defence(
        "address under the proof",
        within(callers, "envelope", text_of_request=of_service_here),
        a_proof_for_another_service,
    ),
    Defence("once", put(limits.Once, "take", nothing), a_call_is_repeated),
    Defence("memory", put(house.House, "_read_back", forget), a_call_is_repeated_after_a_restart),
    Defence(
        "caller's clock", within(callers, "envelope", is_timely=yes), a_call_of_ten_minutes_ago
    ),
    Defence("calls a second", put(limits.Rates, "take", nothing), a_caller_in_a_hurry),
    Defence("once between nodes", put(limits.Once, "take", nothing), an_envelope_is_repeated),
    Defence(
        "proof of the envelope",
        within(envelope, "hmac", compare_digest=yes),
        an_envelope_is_altered,
    ),
    Defence(
        "partner's clock",
        within(partners, "envelope", is_timely=yes),
        an_envelope_of_ten_minutes_ago,
    ),
    Defence(
        "the answer to this message",
        within(partners, "envelope", answers=yes),
        an_earlier_answer_is_given_again,
    ),
    Defence(
        "signature under a block",
        put(signatures, "is_signed_by_member", yes),
        a_block_is_signed_by_nobody,
    ),
    Defence("grant before, provider", unchecked(time=1), a_partner_asks_what_it_may_not),
    Defence("grant after, provider", unchecked(time=2), a_grant_is_revoked_in_mid_call),
    Defence(
        "grant before, consumer",
        within(server, "grants", choose=any_grant),
        a_purpose_nobody_granted,
    ),
    Defence(
        "grant after, consumer",
        within(server, "grants", check=nothing),
        the_asking_side_ends_it_in_mid_call,
    ),
    Defence(
        "service still there",
        put(serving, "_service", still_there),
        a_service_is_stopped_in_mid_call,
    ),
    Defence(
        "masks",
        put(grants.Sieve, "one", lambda self, record: record),
        a_field_is_given_in_clear_by_nobody_s_leave,
    ),
    Defence(
        "no more fields than asked for",
        put(relay, "_count", lambda *_: 1),
        a_partner_gives_more_than_it_was_asked_for,
    ),
    Defence("calls a day", put(limits.Quotas, "take", nothing), more_calls_than_the_day_s_number),
    Defence("size of answers", put(links.Link, "ask", read_all), an_answer_of_fifty_megabytes),
    Defence(
        "time for answers",
        put(links.Link, "ask", patient),
        an_answer_that_does_not_come,
    ),
    Defence(
        "places of a partner",
        put(limits.Places, "one", lambda *_: contextlib.nullcontext()),
        a_partner_is_at_its_limit,
    ),
    Defence(
        "breaker",
        within(upstreams, "breaker", may_call=yes),
        a_partner_fails_again_and_again,
    ),
    Defence(
        "addresses as numbers",
        all_of(
            within(upstreams, "egress", check_literal=nothing),
            put(upstreams, "_there", upstreams._there.__wrapped__),
            put(egress, "look_up", unlooked),
        ),
        a_service_s_address_is_our_own_machine,
    ),
    Defence(
        "addresses of names",
        put(egress, "look_up", unlooked),
        a_service_s_name_means_our_own_machine,
    ),
    Defence(
        "names are looked at each time",
        put(egress, "look_up", looked_once()),
        a_name_means_something_else_the_second_time,
    ),
    Defence(
        "no redirects",
        put(links.Links, "ask", followed),
        a_service_sends_us_elsewhere,
    ),
    Defence("size of questions", put(web, "BODY_BYTES", 1 << 40), a_question_of_two_megabytes),
    Defence("time for questions", put(web, "BODY_SECONDS", 1e9), a_question_that_is_never_finished),
    Defence("receipt first", put(receipts.Receipts, "write", later), the_database_goes_in_mid_call),
    Defence(
        "receipt first, provider",
        put(receipts.Receipts, "write", later),
        the_provider_s_database_goes_in_mid_call,
    ),
    Defence("fail closed", put(receipts.Receipts, "require", nothing), the_database_is_away),
    Defence("fresh grants", put(snapshot, "STALE_SECONDS", 1e9), nobody_told_us_what_was_revoked),
)
