"""``python -m yiwang.foundation.exchange.fastpath``: the exchange process, until a stop signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from typing import Any, Final

from yiwang.foundation.exchange.fastpath import config

BACKLOG: Final = 4_096
#: What is under way at the end has so long; then the worker is killed.
FINISH_SECONDS: Final = 25.0
KILL_SECONDS: Final = 30
_PAUSE_SECONDS: Final = 0.5


class Keeper:
    """Holds the port and keeps one worker: replay memory, breakers and the receipts' writer live in it."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._worker = 0
        self._is_ending = False
        #: Closed by the kernel when this process dies, however it dies.
        self._alive = os.pipe()

    def keep(self) -> None:
        """Until a stop signal: a worker that ended is followed by the next."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGALRM, self._kill)
        while not self._is_ending:
            self._worker = os.fork()
            if self._worker == 0:
                self._become_worker()
            if self._is_ending:
                self._end()
            os.waitpid(self._worker, 0)
            self._worker = 0
            if not self._is_ending:
                time.sleep(_PAUSE_SECONDS)

    def _end(self, *_given: object) -> None:
        self._is_ending = True
        if self._worker:
            os.kill(self._worker, signal.SIGTERM)
            signal.alarm(KILL_SECONDS)

    def _kill(self, *_given: object) -> None:
        if self._worker:
            os.kill(self._worker, signal.SIGKILL)

    def _become_worker(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        if self._is_ending:
            os._exit(0)
        parent, mine = self._alive
        os.close(mine)
        try:
            work(self._listening, parent)
        except BaseException:
            logging.getLogger("yiwang.exchange").exception("the worker broke")
            os._exit(1)
        os._exit(0)


def work(listening: socket.socket, parent: int) -> None:
    """Serve until told to stop, or until the keeper is gone."""
    import uvloop

    from yiwang.foundation.exchange.fastpath.server import application

    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(parent, _orphaned, loop, parent, stop)
    loop.run_until_complete(_serve(application, listening, stop, loop))
    application.__rsgi_del__(loop)


def _orphaned(loop: asyncio.AbstractEventLoop, parent: int, stop: asyncio.Event) -> None:
    loop.remove_reader(parent)
    stop.set()


async def _serve(
    application: Any,
    listening: socket.socket,
    stop: asyncio.Event,
    loop: asyncio.AbstractEventLoop,
) -> None:
    from yiwang.foundation.exchange.fastpath.door import Doors

    application.__rsgi_init__(loop)
    doors = Doors(application, loop)
    server = await loop.create_server(doors, sock=listening, backlog=BACKLOG)
    await stop.wait()
    server.close()
    await doors.close(FINISH_SECONDS)


def main() -> None:
    """The port first: a worker that begins again finds it kept."""
    chosen = config.from_environment()
    with listen(os.environ.get("YIWANG_EXCHANGE_BIND") or _everywhere(), chosen.port) as listening:
        Keeper(listening).keep()


def listen(host: str, port: int) -> socket.socket:
    """A socket on that address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server(
        (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=host == "::"
    )


def _everywhere() -> str:
    """Both IP stacks where this machine has IPv6, else the older one alone."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::", 0))
    except OSError:
        return "0.0.0.0"  # noqa: S104 # nosec B104 other departments' machines call it
    return "::"


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main()
