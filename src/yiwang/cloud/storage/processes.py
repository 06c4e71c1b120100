"""Which processes are really our server: asked of the kernel, never of a name in a list."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl  # looked up before any fork


def living_in(data: Path) -> frozenset[int]:
    """Server processes of this data folder: every one keeps it as its working directory."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_server(entry, data):
            found.add(int(entry.name))
    return frozenset(found)


def _is_server(entry: Path, data: Path) -> bool:
    try:
        return os.readlink(entry / "cwd") == str(data) and os.readlink(entry / "exe").removesuffix(
            " (deleted)"
        ).endswith("/postgres")
    except OSError:  # gone meanwhile, or another account's
        return False


def exists(pid: int) -> bool:
    """True while some process, ours or not, has this number."""
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(data: Path, *, seconds: float) -> bool:
    """Wait for the server of this folder to end; False when it has not."""
    end = time.monotonic() + seconds
    while living_in(data):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends the signal when the starting process dies, however."""
    parent = os.getpid()

    def prepare() -> None:
        signal_on_parents_death(number)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return prepare


def signal_on_parents_death(number: signal.Signals) -> None:
    """From now on this process receives the signal when its parent dies."""
    _PRCTL(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
