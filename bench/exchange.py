"""The exchange: calls through two nodes, one node's peak, and thousands waiting for one slow partner.

Two nodes with databases and keys of their own on a durable server of this measurement's own. Nothing
ends TLS in front of them; the service behind answers at once, so what a call takes is the exchange.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench import apart
from bench.figures import Measurement, at_most, cpu_seconds, percentile
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.partner import Partner

#: The gate asks for ten minutes; a look takes less.
SECONDS = int(os.environ.get("YIWANG_BENCH_EXCHANGE_SECONDS", "60"))
PACE = 350
WAITING = 2_000
PEAK_SECONDS, PEAK_LINES = 10.0, 48
SLOW_SECONDS = 10.0
NUMBER = "62010219400101001X"
OWN, FAR, SLOW = "62/register", "620100/register", "62/slow"


def measure() -> list[Measurement]:
    """In a process of its own: another database, another home."""
    return apart.run("bench.exchange")


@dataclass(slots=True)
class Tally:
    """What came of a load: milliseconds of each good call, and what the others were."""

    took: list[float] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def success(self) -> float:
        bad = sum(self.failed.values())
        return len(self.took) / max(1, len(self.took) + bad)


@contextlib.contextmanager
def _without_rubbish() -> Iterator[None]:
    """Load and partner live in one process full of Django: looking through it for rubbish stops both for a
    quarter of a second whenever two thousand calls begin, and that is not the node's doing."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


class Stalls:
    """How long the load itself stood still at most: what it took for answers then was its own time."""

    longest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.002)
            self.longest = max(self.longest, time.monotonic() - before - 0.002)


class Client:
    """A calling system: one connection pool, each call signed, each answer's proof checked."""

    def __init__(self, address: str, key_id: str, secret: str) -> None:
        self.address, self.key_id, self.secret = address, key_id, bytes.fromhex(secret)
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.body = json.dumps(
            {
                "purpose": "核对申请人情况",
                "case": "62-2026-000001",
                "subject": NUMBER,
                "parameters": {"citizen_id": NUMBER},
            },
            ensure_ascii=False,
        ).encode()

    async def call(self, service: str, tally: Tally) -> None:
        path, nonce = f"/exchange/v1/calls/{service}", secrets.token_hex(16)
        at, digest = (
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            envelope.digest(self.body),
        )
        text = envelope.text_of_request(
            method="POST", target=path, key_id=self.key_id, time=at, nonce=nonce, digest=digest
        )
        headers = {
            "Content-Type": "application/json",
            "X-Exchange-Key": self.key_id,
            "X-Exchange-Time": at,
            "X-Exchange-Nonce": nonce,
            "X-Exchange-Digest": digest,
            "X-Exchange-Mac": envelope.mac(self.secret, text),
        }
        began = time.monotonic()
        try:
            async with self.session.post(
                self.address + path, data=self.body, headers=headers
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            name = type(error).__name__
        else:
            reply = envelope.text_of_reply(
                status=answer.status, nonce=nonce, digest=envelope.digest(body)
            )
            proven = answer.headers.get("x-exchange-mac") == envelope.mac(self.secret, reply)
            if answer.status == 200 and proven:
                tally.took.append((time.monotonic() - began) * 1000)
                return
            name = json.loads(body).get("refusal", {}).get("code", "?") if proven else "no proof"
        tally.failed[name] = tally.failed.get(name, 0) + 1

    async def steadily(self, service: str, *, pace: float, seconds: float) -> Tally:
        """Calls at their moments, whether the ones before are answered or not."""
        tally, began = Tally(), time.monotonic()
        running: set[asyncio.Task[None]] = set()
        for turn in range(int(pace * seconds)):
            await asyncio.sleep(max(0.0, began + turn / pace - time.monotonic()))
            task = asyncio.create_task(self.call(service, tally))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)
        return tally

    async def at_full_speed(self, service: str, *, lines: int, seconds: float) -> Tally:
        tally, end = Tally(), time.monotonic() + seconds

        async def line() -> None:
            while time.monotonic() < end:
                await self.call(service, tally)

        await asyncio.gather(*(line() for _ in range(lines)))
        return tally


def _memory(pid: int) -> float:
    """Resident megabytes of a process and all below it."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(folder.name) == pid or int(fields[1]) == pid:
                    total += int((folder / "statm").read_text().split()[1])
            except OSError:
                continue
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _two_nodes(client: Client, pids: dict[str, int]) -> list[Measurement]:
    await client.steadily(FAR, pace=50, seconds=3)
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    tally = await client.steadily(FAR, pace=PACE, seconds=SECONDS)
    shares = {name: (cpu_seconds(pid) - before[name]) / SECONDS for name, pid in pids.items()}
    load = f"two nodes, {PACE}/s for {SECONDS} s"
    rows = [
        Measurement(
            f"exchange: {load}, success",
            round(100 * tally.success, 3),
            "%",
            gate=">= 99.9 %",
            met=tally.success >= 0.999,
        ),
        at_most(f"exchange: {load}, p99", percentile(tally.took, 0.99), "ms", 50),
        Measurement(f"exchange: {load}, p50", round(percentile(tally.took, 0.5), 1), "ms"),
    ]
    for name, share in shares.items():
        rows.append(at_most(f"exchange: {load}, core of the {name}", 100 * share, "%", 20))
    if tally.failed:
        print(load, tally.failed, file=sys.stderr)
    return rows


async def _peak(client: Client, pid: int) -> list[Measurement]:
    await client.at_full_speed(OWN, lines=PEAK_LINES, seconds=2)
    before = cpu_seconds(pid)
    tally = await client.at_full_speed(OWN, lines=PEAK_LINES, seconds=PEAK_SECONDS)
    used = cpu_seconds(pid) - before
    a_core = len(tally.took) / used if used else 0.0
    name = "exchange: one node's peak without TLS, calls a core"
    return [
        Measurement(name, round(a_core), "calls/s", gate=">= 2500 calls/s", met=a_core >= 2500),
        Measurement(
            "exchange: one node beside its load and database on this machine",
            round(len(tally.took) / PEAK_SECONDS),
            "calls/s",
        ),
    ]


async def _slow_partner(client: Client, pid: int, partner: Partner) -> list[Measurement]:
    """Others are measured while the partner holds every one of the waiting calls, not while the load
    is still putting them there."""
    alone = await client.steadily(OWN, pace=50, seconds=6)
    waiting = Tally()
    calls = [asyncio.create_task(client.call(SLOW, waiting)) for _ in range(WAITING)]
    began = time.monotonic()
    while partner.at_once < WAITING and time.monotonic() - began < SLOW_SECONDS / 2:
        await asyncio.sleep(0.05)
    held = partner.at_once
    left = SLOW_SECONDS - 1.5 - (time.monotonic() - began)
    stalls = Stalls()
    watching = asyncio.create_task(stalls.watch())
    beside = await client.steadily(OWN, pace=50, seconds=left)
    watching.cancel()
    memory = _memory(pid)
    await asyncio.gather(*calls)
    before, after = percentile(alone.took, 0.99), percentile(beside.took, 0.99)
    name = f"exchange: {WAITING} calls waiting for a {SLOW_SECONDS:.0f} s partner"
    return [
        Measurement(
            f"{name}, answered",
            len(waiting.took),
            "calls",
            gate=f">= {WAITING}",
            met=len(waiting.took) >= WAITING,
        ),
        Measurement(f"{name}, in flight while the others were measured", held, "calls"),
        at_most(f"{name}, memory", memory, "MB", 400),
        Measurement(
            f"{name}, longest stall of the load itself meanwhile",
            round(1000 * stalls.longest, 1),
            "ms",
        ),
        at_most(
            f"{name}, others' p99 against before ({before:.1f} ms)", after / before, "times", 2
        ),
    ]


async def _all(address: str, key: Any, pids: dict[str, int], partner: Partner) -> list[Measurement]:
    client = Client(address, key.key_id, key.secret)
    parts: list[Callable[[], Awaitable[list[Measurement]]]] = [
        lambda: _two_nodes(client, pids),
        lambda: _peak(client, pids["caller's node"]),
        lambda: _slow_partner(client, pids["caller's node"], partner),
    ]
    try:
        with _without_rubbish():
            return [row for part in parts for row in await part()]
    finally:
        await client.session.close()


def main() -> None:
    """Inside: tables, two nodes, a partner, the load."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from yiwang.foundation.agreements import sample as agreements
    from yiwang.foundation.exchange import sample
    from yiwang.foundation.exchange.tests import running, two

    call_command("migrate", verbosity=0)
    with (
        two.running_two(Path(settings.YIWANG_HOME) / "lanzhou") as pair,
        running.partner(slow_seconds=SLOW_SECONDS) as (partner, address),
    ):
        pair.introduce()
        for code, mode in ((OWN, "good"), (FAR, "good"), (SLOW, "slow")):
            sample.service(
                code, upstream=f"{address}/{mode}", per_partner=WAITING + 500, limit_seconds=30.0
            )
            agreements.grant(code, fields=("name", "alive"), per_day=10_000_000, per_second=100_000)
        key = sample.system("62/bench", per_second=10_000)
        pair.tell()
        time.sleep(3)
        pids = {
            "caller's node": pair.province.process.pid,
            "provider's node": pair.lanzhou.process.pid,
        }
        rows = asyncio.run(_all(f"http://127.0.0.1:{pair.province.port}", key, pids, partner))
    print(json.dumps([row.as_json() for row in rows], ensure_ascii=False))


if __name__ == "__main__":
    main()
