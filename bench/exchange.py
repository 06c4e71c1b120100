"""The exchange: calls through two nodes, one node's peak, and thousands waiting for one slow partner.

Two nodes with databases and keys of their own on a durable server of this measurement's own. The
service behind answers at once, so what a call takes is the exchange. nginx, where it is installed,
says what passing a request on costs at least, and ends TLS before a node.
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
from collections.abc import Awaitable, Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from django.db import connection

from bench import apart, yardstick
from bench.figures import Measurement, at_most, cpu_seconds, percentile
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.partner import Partner

#: The gate asks for ten minutes; a look (BENCH_EXCHANGE_SECONDS) takes less.
SECONDS = int(os.environ.get("BENCH_EXCHANGE_SECONDS", "600"))
PACE = 350
WAITING = 2_000
#: Seconds after which a block is shown to the partner, as without a setting.
AS_SHIPPED = "20"
PEAK_SECONDS, PEAK_LINES = 10.0, 48
SLOW_SECONDS = 10.0
NUMBER = "62010219400101001X"
DATABASE = "database server of both nodes"
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

    def __init__(self, address: str, key_id: str, secret: str, partner: str) -> None:
        self.address, self.key_id, self.secret = address, key_id, bytes.fromhex(secret)
        self.partner = urlsplit(partner)
        #: Over TLS to a certificate made a moment ago.
        connector = aiohttp.TCPConnector(limit=0, ssl=False)
        self.session = aiohttp.ClientSession(connector=connector)
        self.body = json.dumps(
            {
                "purpose": "核对申请人情况",
                "case": "62-2026-000001",
                "subject": NUMBER,
                "parameters": {"citizen_id": NUMBER},
            },
            ensure_ascii=False,
        ).encode()

    def at(self, address: str) -> Client:
        """The same system by another way to its node."""
        other = copy(self)
        other.address = address
        return other

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

    async def plainly(self, address: str, tally: Tally) -> None:
        """A request of that size without anything of ours."""
        began = time.monotonic()
        async with self.session.post(address, json={"citizen_id": NUMBER}) as answer:
            await answer.read()
        if answer.status == 200:
            tally.took.append((time.monotonic() - began) * 1000)
        else:
            tally.failed[str(answer.status)] = tally.failed.get(str(answer.status), 0) + 1


async def _at_full_speed(
    call: Callable[[Tally], Awaitable[None]], *, lines: int, seconds: float
) -> Tally:
    tally, end = Tally(), time.monotonic() + seconds

    async def line() -> None:
        while time.monotonic() < end:
            await call(tally)

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


async def _two_nodes(client: Client, pids: dict[str, int], database: int) -> list[Measurement]:
    """``database``: the server both nodes keep their receipts in, reported beside them."""
    await client.steadily(FAR, pace=50, seconds=3)
    pids = {**pids, DATABASE: database}
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
    beside = round(100 * shares.pop(DATABASE), 1)
    for name, share in shares.items():
        rows.append(at_most(f"exchange: {load}, core of the {name}", 100 * share, "%", 20))
    rows.append(Measurement(f"exchange: {load}, core of the {DATABASE}", beside, "%"))
    if tally.failed:
        print(load, tally.failed, file=sys.stderr)
    return rows


async def _a_core(
    call: Callable[[Tally], Awaitable[None]], pids: Sequence[int]
) -> tuple[float, float]:
    """Calls a second of a core of these processes, and by the clock."""
    await _at_full_speed(call, lines=PEAK_LINES, seconds=2)
    before = sum(map(cpu_seconds, pids))
    tally = await _at_full_speed(call, lines=PEAK_LINES, seconds=PEAK_SECONDS)
    used = sum(map(cpu_seconds, pids)) - before
    if tally.failed:
        print("at full speed", tally.failed, file=sys.stderr)
    return len(tally.took) / used if used else 0.0, len(tally.took) / PEAK_SECONDS


async def _peak(client: Client, pid: int) -> list[Measurement]:
    a_core, by_clock = await _a_core(lambda tally: client.call(OWN, tally), [pid])
    name = "exchange: one node's peak without TLS, calls a core"
    return [
        Measurement(name, round(a_core), "calls/s", gate=">= 2500 calls/s", met=a_core >= 2500),
        Measurement(
            "exchange: one node beside its load and database on this machine",
            round(by_clock),
            "calls/s",
        ),
        *await _beside_nginx(client, pid, a_core),
    ]


async def _beside_nginx(client: Client, pid: int, a_core: float) -> list[Measurement]:
    """What nginx takes to pass such a request on, and the node with nginx ending TLS before it."""
    service = client.partner
    with yardstick.running(service.netloc) as nginx:
        if nginx is None:
            return [Measurement("exchange: nginx is not installed, so no yardstick", 0, "calls/s")]
        path = nginx.plain + service.path
        passed, _clock = await _a_core(lambda tally: client.plainly(path, tally), [nginx.pid])
    with yardstick.running(client.address.removeprefix("http://")) as nginx:
        assert nginx is not None  # it was there a moment ago
        secure = client.at(nginx.secure)
        with_tls, _clock = await _a_core(lambda tally: secure.call(OWN, tally), [pid, nginx.pid])
    yard = "nginx proxy_pass a core"
    return [
        Measurement("exchange: nginx proxy_pass to the same service, calls a core", round(passed), "calls/s"),
        Measurement(
            "exchange: one node's peak without TLS against nginx",
            round(a_core), "calls/s", yard, round(a_core / passed, 4),
        ),
        Measurement(
            "exchange: one node's peak, nginx ending TLS before it, calls a core of both",
            round(with_tls), "calls/s", yard, round(with_tls / passed, 4),
        ),
    ]  # fmt: skip


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


async def _all(
    address: str, key: tuple[str, str, str], pids: dict[str, int], database: int, partner: Partner
) -> list[Measurement]:
    client = Client(address, *key)
    parts: list[Callable[[], Awaitable[list[Measurement]]]] = [
        lambda: _two_nodes(client, pids, database),
        lambda: _peak(client, pids["caller's node"]),
        lambda: _slow_partner(client, pids["caller's node"], partner),
    ]
    try:
        with _without_rubbish():
            return [row for part in parts for row in await part()]
    finally:
        await client.session.close()


def _postmaster() -> int:
    """The process all of the database server's others are children of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


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
        two.running_two(
            Path(settings.YIWANG_HOME) / "lanzhou", countersign_after=AS_SHIPPED
        ) as pair,
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
        rows = asyncio.run(
            _all(
                f"http://127.0.0.1:{pair.province.port}",
                (key.key_id, key.secret, f"{address}/good"),
                pids,
                _postmaster(),
                partner,
            )
        )
    print(json.dumps([row.as_json() for row in rows], ensure_ascii=False))


if __name__ == "__main__":
    main()
