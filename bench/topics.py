"""Messages of a topic: how fast one is taken, and what handing it to one subscriber over two nodes costs.

Two nodes with databases and keys of their own on a durable server of this measurement's own. The
subscriber answers its callbacks at once; publications are signed and answered when they are on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench import apart
from bench.figures import Measurement, cpu_seconds, percentile
from yiwang.foundation.exchange.tests import running

SECONDS = int(os.environ.get("YIWANG_BENCH_TOPICS_SECONDS", "20"))
#: Publications a second, while what is published is handed over at the same time.
PACE = 50
#: Laid up beforehand and then handed over as fast as it goes.
QUEUED = SECONDS * 250
MATTERS = 200
TOPIC = "620100/licence-changes"


def measure() -> list[Measurement]:
    """In a process of its own: another database, another home."""
    return apart.run("bench.topics")


class Publisher:
    """A system of the provider's, each publication signed."""

    def __init__(self, caller: running.Caller) -> None:
        self._caller = caller
        self._address = f"http://127.0.0.1:{caller.node.port}"
        self._number = 0
        self.took: list[float] = []
        self.failed: dict[str, int] = {}

    async def publish(self, session: aiohttp.ClientSession) -> None:
        self._number += 1
        path = f"/exchange/v1/topics/{TOPIC}"
        given = {
            "key": secrets.token_hex(8),
            "order": f"matter-{self._number % MATTERS}",
            "body": {"number": str(self._number), "state": "ACTIVE"},
        }
        body = json.dumps(given).encode()
        headers = self._caller.headers(path, body)
        began = time.monotonic()
        try:
            async with session.post(self._address + path, data=body, headers=headers) as answer:
                said, name = await answer.read(), str(answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            said, name = b"", type(error).__name__
        if name == "202" and json.loads(said)["status"] == "TAKEN":
            self.took.append((time.monotonic() - began) * 1000)
        else:
            self.failed[name] = self.failed.get(name, 0) + 1

    async def steadily(self, seconds: float) -> None:
        """At their moments, whether the ones before are answered or not."""
        began = time.monotonic()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            running_: set[asyncio.Task[None]] = set()
            for turn in range(int(PACE * seconds)):
                await asyncio.sleep(max(0.0, began + turn / PACE - time.monotonic()))
                task = asyncio.create_task(self.publish(session))
                running_.add(task)
                task.add_done_callback(running_.discard)
            await asyncio.gather(*running_)

    async def quickly(self, count: int) -> None:
        """So many, some lines at once."""
        async with aiohttp.ClientSession() as session:

            async def line() -> None:
                for _ in range(count // 20):
                    await self.publish(session)

            await asyncio.gather(*(line() for _ in range(20)))


class Heard:
    """The subscriber's system: which messages it has had."""

    def __init__(self) -> None:
        self.messages: set[str] = set()

    def __call__(self, told: dict[str, Any]) -> dict[str, str]:
        self.messages.add(told["message"])
        return {"message": told["message"]}

    def wait(self, count: int, seconds: float = 600.0) -> None:
        end = time.monotonic() + seconds
        while len(self.messages) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.messages)} of {count} messages came")
            time.sleep(0.02)


def _published(publisher: Publisher, heard: Heard) -> list[Measurement]:
    asyncio.run(publisher.steadily(2))
    publisher.took.clear()
    asyncio.run(publisher.steadily(SECONDS))
    heard.wait(PACE * (SECONDS + 2) - sum(publisher.failed.values()))
    name = f"topics: {PACE}/s published for {SECONDS} s while they are handed over"
    if publisher.failed:
        print(name, publisher.failed, file=sys.stderr)
    return [
        Measurement(f"{name}, publish p99", round(percentile(publisher.took, 0.99), 1), "ms"),
        Measurement(f"{name}, publish p50", round(percentile(publisher.took, 0.5), 1), "ms"),
    ]


def _handed_over(
    publisher: Publisher, heard: Heard, province: running.Node, pids: dict[str, int]
) -> list[Measurement]:
    """The subscriber's node is away while it is laid up: what is measured is handing over alone."""
    province.stop()
    asyncio.run(publisher.quickly(QUEUED))
    before = len(heard.messages)
    count = before + QUEUED // 20 * 20 - sum(publisher.failed.values())
    province.start()
    assert province.process is not None
    pids = {**pids, "subscriber's node": province.process.pid}
    used, began = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    heard.wait(count)
    took = time.monotonic() - began
    used = {name: cpu_seconds(pid) - used[name] for name, pid in pids.items()}
    done = count - before
    name = f"topics: {done} messages to one subscriber by callback over two nodes"
    return [
        Measurement(f"{name}, a core", round(done / sum(used.values())), "deliveries/s"),
        Measurement(f"{name}, on this machine", round(done / took), "deliveries/s"),
        *(
            Measurement(f"{name}, {who}", round(1000 * share / done, 3), "ms CPU a delivery")
            for who, share in used.items()
        ),
    ]


def main() -> None:
    """Inside: tables, two nodes, a topic at Lanzhou, a subscriber at the province."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from yiwang.foundation.agreements import sample as agreements
    from yiwang.foundation.agreements.definitions import Way
    from yiwang.foundation.exchange import sample
    from yiwang.foundation.exchange.tests import there, two
    from yiwang.foundation.exchange.topics import actions
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import now

    call_command("migrate", verbosity=0)
    heard = Heard()
    with contextlib.ExitStack() as stack:
        pair = stack.enter_context(two.running_two(Path(settings.YIWANG_HOME) / "lanzhou"))
        _partner, address = stack.enter_context(running.partner(heard))
        pair.introduce()
        sample.topic(TOPIC, department=sample.CONSUMER)
        sample.system("62/approval")
        grant = agreements.grant(
            TOPIC, fields=("number", "state"), way=Way.MESSAGE, per_day=10**7, per_second=10**5
        )
        pair.tell()
        publisher = Publisher(there.system(pair))
        actions.subscribe(
            grant=grant,
            system="62/approval",
            purpose="核对申请人情况",
            callback=f"{address}/good",
            private_ok=True,
            from_start=True,
            actor=machine("bench"),
            at=now(),
        )
        time.sleep(3)
        assert pair.lanzhou.process is not None
        pids = {"provider's node": pair.lanzhou.process.pid}
        rows = _published(publisher, heard)
        rows += _handed_over(publisher, heard, pair.province, pids)
    print(json.dumps([row.as_json() for row in rows], ensure_ascii=False))


if __name__ == "__main__":
    main()
