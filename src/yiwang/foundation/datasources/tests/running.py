"""The query process inside a test: the same server, with the test's own database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from yiwang.foundation.datasources.asking import Asker
from yiwang.foundation.datasources.opening import Places
from yiwang.foundation.datasources.runner.server import Given, Server


@contextlib.asynccontextmanager
async def serving(*, hosts: frozenset[str] = frozenset(), folder: str = "") -> AsyncIterator[Asker]:
    """A server and somebody who asks it."""
    given = connection.settings_dict
    database = {
        "host": given["HOST"], "dbname": given["NAME"], "user": given["USER"],
        "password": given["PASSWORD"], **({"port": given["PORT"]} if given["PORT"] else {}),
    }  # fmt: skip
    home = Path(settings.YIWANG_HOME)
    server, stop = Server(Given(Places(home, folder, hosts), database)), asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.wait_for(server.catalogue.known.wait(), 10)
    asker = Asker(home)
    try:
        yield asker
    finally:
        await asker.close()
        stop.set()
        await running
