"""The query process inside a test: the same server, with the test's own database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from yiwang.foundation.datasources.asking import Asker, socket_of
from yiwang.foundation.datasources.opening import Places
from yiwang.foundation.datasources.runner.server import Given, Server
from yiwang.foundation.exchange.tests import running as exchange


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


@contextlib.contextmanager
def process(home: Path | None = None, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program itself, as the supervisor starts it; ``home``: another installation's."""
    home = home or Path(settings.YIWANG_HOME)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).resolve().parents[4]),
        "YIWANG_HOME": str(home),
        "DATABASE_URL": exchange.database_url(),
        **more,
    }
    path = socket_of(home)
    running = subprocess.Popen(
        [sys.executable, "-m", "yiwang.foundation.datasources.runner"],
        env=environment,
        process_group=0,
    )
    try:
        end = time.monotonic() + 20
        while not path.exists():
            assert running.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield running
    finally:
        running.terminate()
        running.wait(20)
