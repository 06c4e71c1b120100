"""Keep a few processes running, and leave none behind. Knows nothing of what they do."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from yiwang.cloud.storage import processes

MARK: Final = "YIWANG_RUN"  # in the environment of every process we start, and of theirs
GRACE_SECONDS: Final = 30.0
LONGEST_PAUSE_SECONDS: Final = 15.0
STEADY_SECONDS: Final = 60.0


class Process(Protocol):
    """Started by a command or divided from ours; leads a group of its own and dies with us."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


def launch(command: Sequence[str], environment: Mapping[str, str]) -> Process:
    """A group of its own, so that Ctrl-C reaches us alone and a kill reaches its children."""
    return subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),
    )


@dataclass(slots=True)
class Child:
    """One kept process, how it begins, and its recent luck."""

    name: str
    begin: Callable[[], Process]
    process: Process | None = None
    started: float = 0.0
    deaths: int = 0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        self.process = self.begin()
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start it again when it died, sooner when it had run steadily."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            kill_group(self.process.pid, signal.SIGKILL)
            self.deaths = 1 if now - self.started > STEADY_SECONDS else self.deaths + 1
            self.next_start = now + pause_after(self.deaths)
            say(f"{self.name} 意外停止（{self.process.returncode}），即将重新启动")
            self.process = None
        if now >= self.next_start:
            self.start()


def say(words: str) -> None:
    """A line for the operator. Where it cannot be written (a full disk), we keep working silently."""
    with contextlib.suppress(OSError):
        print(words, flush=True)


def pause_after(deaths: int) -> float:
    """Half a second, doubled with each death in a row, at most fifteen."""
    return float(min(0.5 * 2 ** min(deaths - 1, 10), LONGEST_PAUSE_SECONDS))


def stop_all(children: Sequence[Child]) -> None:
    """Ask, wait up to 30 s, then make sure: whole groups, so that nothing stays behind."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    end = time.monotonic() + GRACE_SECONDS
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, end - time.monotonic()))
    for process in running:
        kill_group(process.pid, signal.SIGKILL)
        process.wait()


def kill_group(group: int, number: signal.Signals) -> None:
    """Signal every process of a child's group; none left is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def orphans(mark: str) -> frozenset[int]:
    """Processes that carry this installation's mark and are not this one."""
    wanted = f"{MARK}={mark}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
    return frozenset(found)


def end_orphans(mark: str, *, seconds: float = 10.0) -> int:
    """What a killed supervisor left: asked to stop, then ended. Call it only while holding the lock."""
    left = orphans(mark)
    for number, wait in ((signal.SIGTERM, seconds), (signal.SIGKILL, seconds)):
        for pid in orphans(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        end = time.monotonic() + wait
        while orphans(mark) and time.monotonic() < end:
            time.sleep(0.05)
    return len(left)
