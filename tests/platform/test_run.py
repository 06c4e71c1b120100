"""``yiwang run`` for real: started, killed in every way, started again."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from yiwang.cloud.storage import placement, processes, queries
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.project import supervisor

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
KEPT = ("web", "worker", "sealer", "clock")


class Installation:
    """A home of its own, on a port of its own, run by the real command."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="yiwang-run-"))
        self.home.chmod(0o755)
        self.place = placement.choose(self.home)
        self.port = _free_port()
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "YIWANG_"))}
        return {
            **given,
            "PYTHONPATH": str(ROOT / "src"),
            "YIWANG_HOME": str(self.home),
            "YIWANG_SAMPLE": "0",
            "PORT": str(self.port),
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
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pids_of(self, name: str) -> set[int]:
        wanted = f"-m\0yiwang\0process\0{name}\0".encode()
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
        address = queries.embedded_address(self.home, DatabaseRole.APP)
        return psycopg.connect(**address.conninfo, autocommit=True)

    def postmaster(self) -> int:
        return int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        for pid in self.everything():
            _kill(pid)
        self.wait_until_nothing_runs(seconds=20)
        for folder in (self.home, self.place.folder, self.place.sockets):
            shutil.rmtree(folder, ignore_errors=True)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def province():
    """Started once; every test leaves it running and ready."""
    installation = Installation()
    installation.start()
    installation.wait_for_line("ready: ", seconds=90)
    yield installation
    installation.remove()


def write_receipts(province: Installation, count: int) -> set[int]:
    """Rows the application was told are committed."""
    written = set()
    with province.connect() as connection:
        for number in range(count):
            row = connection.execute(
                "INSERT INTO jobs_failure (job, attempt, at, kind, place)"
                " VALUES (%s, 1, now(), 'receipt', '') RETURNING id",
                [number],
            ).fetchone()
            written.add(row[0])
    return written


def receipts(province: Installation) -> set[int]:
    with province.connect() as connection:
        rows = connection.execute("SELECT id FROM jobs_failure WHERE kind = 'receipt'").fetchall()
    return {row[0] for row in rows}


def test_it_is_ready_and_says_where(province):
    assert f"ready: http://localhost:{province.port}/" in province.lines
    assert province.is_ready()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has one stack only")
def test_both_ip_stacks_are_served(province):
    try:
        connection = http.client.HTTPConnection("::1", province.port, timeout=3)
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
    except OSError:
        pytest.skip("no IPv6 address on this machine")
    assert connection.getresponse().status == 200


def test_a_second_run_says_politely_that_it_is_running_and_where(province):
    second = subprocess.run(
        [sys.executable, "-m", "yiwang", "run"],
        cwd=ROOT,
        env=province.environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 0
    assert f"already running: http://localhost:{province.port}/" in second.stdout
    assert province.is_ready()


def test_the_web_process_cannot_change_tables_or_history(province):
    with province.connect() as connection:
        for statement in (
            "UPDATE journal_entry SET act = ''",
            "DELETE FROM journal_entry",
            "DROP TABLE journal_entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_killed_database_comes_back_by_itself_with_every_receipt(province):
    written = write_receipts(province, 200)
    before = province.postmaster()
    os.kill(before, signal.SIGKILL)
    time.sleep(1)
    province.wait_until_ready(seconds=60)
    assert province.postmaster() != before
    assert written <= receipts(province)


@pytest.mark.parametrize("name", KEPT)
def test_a_killed_child_is_started_again(province, name):
    before = province.pids_of(name)
    assert before
    for pid in before:
        _kill(pid)
    end = time.monotonic() + 60
    while not (province.pids_of(name) - before and province.is_ready()):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_has_every_receipt(province):
    written = write_receipts(province, 50)
    os.kill(province.process.pid, signal.SIGKILL)
    province.process.wait()
    province.start()  # at once: what was left is still ending
    province.wait_for_line("ready: ", seconds=60)
    assert written <= receipts(province)
    postmasters = [
        p for p in processes.living_in(province.place.data) if p == province.postmaster()
    ]
    assert len(postmasters) == 1


def test_everything_killed_at_once_is_ready_again_with_every_receipt(province):
    written = write_receipts(province, 50)
    for pid in {province.process.pid, *province.everything()}:
        _kill(pid)
    province.process.wait()
    province.start()
    province.wait_for_line("ready: ", seconds=60)
    assert written <= receipts(province)


def test_a_taken_port_is_refused_with_a_remedy():
    installation = Installation()
    with socket.socket() as other:
        other.bind(("0.0.0.0", installation.port))  # noqa: S104
        other.listen()
        installation.start()
        try:
            assert installation.process.wait(timeout=60) == 2
            time.sleep(0.2)
            assert any("PORT=" in line for line in installation.lines), installation.lines
            assert not installation.everything()
        finally:
            installation.remove()


def test_ctrl_c_stops_everything_and_keeps_the_data(province):
    written = write_receipts(province, 10)
    os.killpg(province.process.pid, signal.SIGINT)
    assert province.process.wait(timeout=60) == 0
    assert not province.everything()
    began = time.monotonic()
    province.start()
    province.wait_for_line("ready: ", seconds=60)
    assert time.monotonic() - began < 30
    assert written <= receipts(province)


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="make needs its environment")
def test_a_killed_make_takes_everything_with_it(province):
    os.kill(province.process.pid, signal.SIGTERM)
    assert province.process.wait(timeout=60) == 0
    province.start(("make", "run"))
    province.wait_for_line("ready: ", seconds=60)
    province.process.kill()
    province.process.wait()
    province.wait_until_nothing_runs(seconds=60)
    province.start()
    province.wait_for_line("ready: ", seconds=60)
