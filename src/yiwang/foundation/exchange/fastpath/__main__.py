"""``python -m yiwang.foundation.exchange.fastpath``: the exchange process, until a stop signal."""

from __future__ import annotations

import logging
import os
import socket
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from yiwang.foundation.exchange.fastpath import config

#: Calls mostly wait for other machines: thousands may be open at once.
OPEN_REQUESTS: Final = 8_192
HEADER_MILLISECONDS: Final = 10_000


def main() -> None:
    """One worker: replay memory, breakers and the receipts' writer live in it."""
    chosen = config.from_environment()
    Granian(
        "yiwang.foundation.exchange.fastpath.server:application",
        address=os.environ.get("YIWANG_EXCHANGE_BIND") or _everywhere(),
        port=chosen.port,
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        workers=1,
        backlog=4_096,
        backpressure=OPEN_REQUESTS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=30,
    ).serve()


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
