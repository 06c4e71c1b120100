"""A whole installation for tests and measurements: the real command, a home and a port of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psycopg

from yiwang.cloud.storage import placement, processes, queries
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.project import supervisor
from yiwang.project.process_names import PROGRAMS

ROOT = Path(__file__).resolve().parents[1]


class Installation:
    """A home of its own, on a port of its own, run by the real command.

    ``nodes``: with the sample's further nodes. ``database``: the real server's variables, such as DATABASE_URL; none means the embedded one.
    ``more``: further settings."""

    def __init__(
        self,
        *,
        sample: bool = False,
        nodes: bool = False,
        database: Mapping[str, str] = MappingProxyType({}),
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.sample, self.nodes = sample, nodes
        self.more = more
        self.database = database
        self.home = Path(tempfile.mkdtemp(prefix="yiwang-run-"))
        self.home.chmod(0o755)
        self.place = placement.choose(self.home)
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "YIWANG_"))}
        return {
            **given,
            **self.database,
            "PYTHONPATH": str(ROOT / "src"),
            "YIWANG_HOME": str(self.home),
            "YIWANG_SAMPLE": str(int(self.sample)),
            "YIWANG_SAMPLE_NODES": str(int(self.nodes)),
            "PORT": str(self.port),
            **self.more,
        }

    def start(self, command: tuple[str, ...] = (sys.executable, "-m", "yiwang", "run")) -> None:
        self.lines = []
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self.lines.append(line.rstrip())

    def wait_for_line(self, beginning: str, *, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not any(line.startswith(beginning) for line in self.lines):
            assert time.monotonic() < end, "\n".join(self.lines[-40:])
            time.sleep(0.1)

    def wait_until_ready(self, *, seconds: float) -> float:
        began = time.monotonic()
        while not self.is_ready():
            assert time.monotonic() - began < seconds, "\n".join(self.lines[-40:])
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str, *, seconds: float = 3) -> tuple[int, http.client.HTTPMessage]:
        """Status and headers, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers
        finally:
            connection.close()

    def pids_of(self, name: str) -> set[int]:
        program = PROGRAMS.get(name, f"yiwang\x00process\x00{name}")
        wanted = f"-m\0{program}\0".encode()
        found = set()
        for pid in supervisor.orphans(str(self.home)):
            try:
                if wanted in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(pid)
            except FileNotFoundError:
                continue
        return found

    def everything(self) -> set[int]:
        return set(supervisor.orphans(str(self.home))) | set(processes.living_in(self.place.data))

    def wait_until_nothing_runs(self, *, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.everything():
            assert time.monotonic() < end, self.everything()
            time.sleep(0.1)

    def connect(self) -> psycopg.Connection:
        if url := self.database.get("DATABASE_APP_URL"):
            return psycopg.connect(url, autocommit=True)
        address = queries.embedded_address(self.home, DatabaseRole.APP)
        return psycopg.connect(**address.conninfo, autocommit=True)

    def postmaster(self) -> int:
        return int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        for pid in self.everything():
            kill(pid)
        self.wait_until_nothing_runs(seconds=20)
        for folder in (self.home, self.place.folder, self.place.sockets):
            shutil.rmtree(folder, ignore_errors=True)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port() -> int:
    """Below those the kernel gives to anybody who asks: it must still be free after a restart."""
    while True:
        port = secrets.choice(range(12_000, 32_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
