"""The measured installation's own processes: who they are, what CPU they used, how to hold them still."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from bench.figures import cpu_seconds
from yiwang.cloud.storage import placement
from yiwang.project.process_names import PROGRAMS

SUPERVISOR = int(os.environ.get("YIWANG_BENCH_PID", "0"))


@dataclass(frozen=True, slots=True)
class Used:
    """CPU milliseconds by kind of process."""

    web: float
    worker: float
    errands: float
    sealer: float
    database: float

    def minus(self, before: Used) -> Used:
        return Used(
            self.web - before.web,
            self.worker - before.worker,
            self.errands - before.errands,
            self.sealer - before.sealer,
            self.database - before.database,
        )


def used() -> Used:
    """What each has used since it started."""
    return Used(
        *(1000 * cpu_seconds(_pid(name)) for name in ("web", "worker", "errands", "sealer")),
        1000 * cpu_seconds(postmaster()),
    )


def used_by(act: Callable[[], object]) -> tuple[Used, float]:
    """CPU used while ``act`` ran, and how many seconds it took."""
    before, began = used(), time.monotonic()
    act()
    seconds = time.monotonic() - began
    time.sleep(0.05)  # the last answers are out; let the processes come to rest
    return used().minus(before), seconds


def postmaster() -> int:
    """The database server's first process."""
    data = placement.choose(settings.YIWANG_HOME).data
    return int((data / "postmaster.pid").read_text().split("\n", 1)[0])


@contextlib.contextmanager
def held_still(*names: str) -> Iterator[None]:
    """These processes stand still meanwhile, so that nothing they do is counted."""
    pids = [_pid(name) for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _pid(name: str) -> int:
    program = PROGRAMS.get(name, f"yiwang\0process\0{name}")
    wanted = f"-m\0{program}\0".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                if wanted in (entry / "cmdline").read_bytes() and _is_child(int(entry.name)):
                    return int(entry.name)
    raise LookupError(f"no process {name} below {SUPERVISOR}")


def _is_child(pid: int) -> bool:
    """The supervisor's own, or divided from one of its own that is called otherwise."""
    parent = _parent(pid)
    return SUPERVISOR in (parent, _parent(parent)) and _words(parent) != _words(pid)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
