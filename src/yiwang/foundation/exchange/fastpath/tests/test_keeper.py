"""The exchange process: one worker on a port that stays, ended with whoever keeps it. No database."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[5]


class Process:
    """One exchange process whose database is not there."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yiwang.foundation.exchange.fastpath"],
            env={
                **os.environ,
                "PYTHONPATH": str(SOURCE),
                "YIWANG_HOME": str(home),
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
                "EXCHANGE_PORT": str(self.port),
                "YIWANG_EXCHANGE_BIND": "127.0.0.1",
            },
        )

    def worker(self) -> int:
        """0 while there is none."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(found[0]) if found else 0

    def status(self) -> int:
        """Of the health address: 503 without a database, 0 without an answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(link):
            link.request("GET", "/exchange/v1/health")
            return link.getresponse().status
        return 0


@pytest.fixture
def running(tmp_path):
    found = Process(tmp_path)
    try:
        until(lambda: found.status() == 503)
        yield found
    finally:
        found.process.kill()  # its worker ends with it
        found.process.wait()


def until(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.02)


def lives(pid):
    """Zombies do not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_worker_is_followed_by_the_next_on_the_same_port(running):
    first = running.worker()
    os.kill(first, signal.SIGKILL)
    assert running.status() in (0, 503)  # nobody is refused: who came meanwhile waits
    until(lambda: running.worker() not in (0, first))
    until(lambda: running.status() == 503)


def test_a_worker_does_not_outlive_its_keeper(running):
    worker = running.worker()
    running.process.kill()
    running.process.wait()
    until(lambda: not lives(worker))


def test_told_to_stop_it_stops(running):
    worker = running.worker()
    running.process.terminate()
    assert running.process.wait(timeout=30) == 0
    assert not lives(worker)
