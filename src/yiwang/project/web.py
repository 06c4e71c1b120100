"""``python -m yiwang.project.web``: pages and API, Django under WSGI, threads in each of two processes; see
``turnstile``. The process that looks after those two loads everything once and is divided into them."""

from __future__ import annotations

import importlib
import os
import socket
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from yiwang.project import loading, settings

APPLICATION: Final = "yiwang.project.wsgi"
WORKERS: Final = 2
WAITING: Final = 64  # requests a process holds before the next must wait outside
HEADER_MILLISECONDS: Final = 10_000  # who does not finish a request's head is cut off


def main() -> None:
    """Serve until told to stop."""
    with loading.undisturbed():
        importlib.import_module(APPLICATION)
    Granian(
        f"{APPLICATION}:application",
        address=listening_address(),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.WSGI,
        workers=int(os.environ.get("YIWANG_WEB_WORKERS", str(WORKERS))),
        blocking_threads=settings.WEB_THREADS,
        backpressure=WAITING,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=False,
        log_level=LogLevels.error,  # its advice on threads is not for whoever runs this
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=30,
    ).serve()


def listening_address() -> str:
    """Both IP stacks where this machine has IPv6, else the older one alone."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::", 0))
    except OSError:
        return "0.0.0.0"  # noqa: S104 # nosec B104 a public service listens everywhere
    return "::"


if __name__ == "__main__":
    main()
