"""Everything one exchange process holds, and its background work."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import Coroutine, Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from yiwang.foundation.exchange.fastpath import receipts as writing
from yiwang.foundation.exchange.fastpath.blocks import Blocks
from yiwang.foundation.exchange.fastpath.config import Config
from yiwang.foundation.exchange.fastpath.limits import Once, Quotas, Rates
from yiwang.foundation.exchange.fastpath.own import OwnPages
from yiwang.foundation.exchange.fastpath.partners import Partners
from yiwang.foundation.exchange.fastpath.receipts import Receipts
from yiwang.foundation.exchange.fastpath.shelf import Sealer, Shelf
from yiwang.foundation.exchange.fastpath.snapshot import Snapshots
from yiwang.foundation.exchange.fastpath.streams import Streams
from yiwang.foundation.exchange.fastpath.subscribing import Subscriptions
from yiwang.foundation.exchange.fastpath.upstreams import Upstreams
from yiwang.kernel import moments
from yiwang.mechanisms.crypto import rules
from yiwang.mechanisms.crypto.definitions import INDEX
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
from yiwang.network.nodes.serving import Desk

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.subscriptions import Subscription

SUBJECT_PURPOSE: Final = "exchange.subject"
_log = logging.getLogger("yiwang.exchange")


def _end_when_broken(task: asyncio.Task[None]) -> None:
    """A worker without one of its tasks is none: it ends, and a fresh one is started."""
    if not task.cancelled() and task.exception() is not None:
        _log.critical("a task broke", exc_info=task.exception())
        os._exit(1)


def _tidy_rarely() -> None:
    """What lives as long as the process is not looked through for rubbish again, and thousands of
    waiting calls are not looked through every time some hundred objects were made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class House:
    """One node's exchange: what it knows, what it counts, whom it is connected with."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = EncryptedFileKeyStore(config.home / "secrets")
        self.snapshots = Snapshots(config.database, self.store, config.node)
        self.receipts = Receipts(config.database)
        self.nodes = Desk(
            database=config.database,
            store=self.store,
            node=config.node,
            is_registry=config.is_registry,
        )
        pages = OwnPages(config.web_port, config.web_host, self.keyed)
        self.upstreams = Upstreams(config.home, pages)
        self.partners = Partners(config.node, self.store, self.upstreams)
        self.rates, self.quotas = Rates(), Quotas()
        self.from_callers, self.from_partners = Once(), Once()
        self.streams = Streams(config.home)
        self.shelf, self.sealer = Shelf(config.database), Sealer(self.store)
        #: Subscriptions of this node that were active a second ago.
        self.active: Mapping[str, Subscription] = {}
        self.remembered = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read, to write and to remember; calls are refused until all three are done."""
        _tidy_rarely()
        for work in self._work():
            task = loop.create_task(work)
            task.add_done_callback(_end_when_broken)
            self._tasks.append(task)

    def _work(self) -> tuple[Coroutine[Any, Any, None], ...]:
        return (
            self.snapshots.keep(),
            self.receipts.keep(),
            self._remember(),
            Blocks(self).keep(),
            Subscriptions(self).keep(),
        )

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.upstreams.close()
        await self.nodes.close()
        await self.shelf.close()

    def index(self, subject: str) -> str:
        """What a person's calls are found by later; the number itself is kept nowhere."""
        if not subject:
            return ""
        return self.keyed(subject.strip().upper(), SUBJECT_PURPOSE)

    def keyed(self, text: str, purpose: str) -> str:
        """A keyed index: equal texts give equal ones, and nobody without the key learns the text."""
        return rules.index_of(self.store.get(self.store.current(INDEX)), text, purpose)

    def keyed_before(self, text: str, purpose: str) -> list[str]:
        """The same under each earlier key, where the key was changed: to find what lies under them."""
        earlier = self.store.usable(INDEX)[1:]
        return [rules.index_of(self.store.get(key), text, purpose) for key in earlier]

    async def _remember(self) -> None:
        """Take over what earlier processes saw: messages of ten minutes, today's counts."""
        while not self.remembered:
            try:
                connection = await writing.connect(self.config.database)
                async with connection:
                    await self._read_back(connection, moments.now())
                self.remembered = True
            except Exception:
                _log.warning("database away")
                await asyncio.sleep(0.5)

    async def _read_back(self, connection: Any, now: datetime) -> None:
        cursor = await connection.execute(
            "SELECT side, message FROM exchange_receipt WHERE at > %s - interval '11 minutes'",
            [now],
        )
        for side, message in await cursor.fetchall():
            once = self.from_callers if side == "CONSUMER" else self.from_partners
            with contextlib.suppress(Exception):
                once.take(message)
        day = moments.legal_date(now)
        midnight = datetime.combine(day, time(), tzinfo=moments.SHANGHAI)
        cursor = await connection.execute(
            "SELECT grant_key, count(*) FROM exchange_receipt"
            " WHERE at >= %s AND side = 'PROVIDER' AND status <> 'REFUSED' GROUP BY grant_key",
            [midnight],
        )
        self.quotas.begin(day, dict(await cursor.fetchall()))
