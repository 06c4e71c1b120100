"""Processes divided from one that has loaded everything: started in no time, sharing what is loaded.

Call it with one thread and no connection open (``project/tests/test_divided.py``).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess  # nosec B404 its exception only
from collections.abc import Callable
from pathlib import Path
from typing import Final

from yiwang.cloud.storage import processes
from yiwang.project.process_names import BACKGROUND

_FORK: Final = multiprocessing.get_context("fork")
_HELD: Final = (signal.SIGTERM, signal.SIGINT)


class Divided:
    """One such process, for who looks after it like one started by a command."""

    def __init__(self, name: str, act: Callable[[], int]) -> None:
        """``act`` returns its exit code. It dies with this one however that dies, in a group of its own."""
        die = processes.die_with_parent(signal.SIGKILL)
        self._process = _FORK.Process(target=_become, args=(name, act, die), name=name)
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)  # until it listens to them itself
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code


def _become(name: str, act: Callable[[], int], die: Callable[[], None]) -> None:
    os.setpgid(0, 0)
    die()
    for number in _HELD:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
    call_by_its_name(name)
    raise SystemExit(act())


def call_by_its_name(name: str) -> None:
    """In the list of processes it stands as if ``yiwang process <name>`` had been typed."""
    line = Path("/proc/self/cmdline").read_bytes()
    before, found, _ = line.partition(f"\0process\0{BACKGROUND}\0".encode())
    if not found:
        return
    words = before + f"\0process\0{name}\0".encode()
    begins = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[45])
    ctypes.memmove(begins, words.ljust(len(line), b"\0"), len(line))
