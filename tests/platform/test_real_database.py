"""``make run`` on a PostgreSQL server that was there before: DATABASE_URL, no embedded server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.installation import ROOT, Installation, free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PROGRAMS, reason="no PostgreSQL 15 to 18 is installed under /usr/lib/postgresql"
    ),
    pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="make needs its environment"),
]


@dataclass(frozen=True)
class Server:
    """A server on a port of its own; ``administrator`` is its superuser."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, user: str, name: str = "yiwang") -> str:
        return f"postgresql://{user}:secret-{user}@127.0.0.1:{self.port}/{name}"

    def connect(self, user: str, name: str = "yiwang") -> psycopg.Connection:
        return psycopg.connect(self.url(user, name), autocommit=True)


def account() -> str | None:
    """The server refuses to run as root; who it runs as then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The oldest installed version, asking for passwords, with two accounts as a computer centre
    would give them: one that may make accounts and one that may not."""
    programs, user = PROGRAMS[0], account()
    folder = Path(tempfile.mkdtemp(prefix="yiwang-pg-"))
    password = folder / "password"
    password.write_text("secret-administrator")
    if user is not None:
        shutil.chown(folder, user)
        shutil.chown(password, user)
    data = folder / "data"
    options = ["-D", str(data), "-U", "administrator", "-E", "UTF8", "--locale=C.UTF-8"]
    made = [programs / "initdb", *options, "-A", "scram-sha-256", f"--pwfile={password}"]
    subprocess.run(made, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    started = [programs / "postgres", "-D", str(data), "-p", str(port), "-k", str(folder)]
    process = subprocess.Popen(
        [*started, "-c", "listen_addresses=127.0.0.1"],
        user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    running = Server(port, process)
    try:
        wait_until_it_answers(running)
        with running.connect("administrator", "postgres") as connection:
            for name, may in (("head", "CREATEROLE"), ("tenant", "NOCREATEROLE")):
                connection.execute(f"CREATE ROLE {name} LOGIN {may} PASSWORD 'secret-{name}'")
            connection.execute("CREATE DATABASE yiwang OWNER head")
            connection.execute("CREATE DATABASE rented OWNER tenant")
        yield running
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_it_answers(server: Server) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            return server.connect("administrator", "postgres").close()
        except psycopg.OperationalError:
            assert server.process.poll() is None, "the server ended"
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.fixture
def run(server: Server) -> Iterator[type[Installation]]:
    """Makes installations; none outlives the test."""
    made: list[Installation] = []

    def make(**database: str) -> Installation:
        made.append(Installation(database=database))
        made[-1].start(("make", "run"))
        return made[-1]

    yield make
    for installation in made:
        installation.remove()


def test_it_runs_on_the_given_server_and_leaves_it_running(server, run):
    installation = run(DATABASE_URL=server.url("head"))
    installation.wait_for_line("ready: ", seconds=180)
    assert not installation.place.data.exists()
    with server.connect("head") as connection:
        connected = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'yiwang'"
        assert ("yiwang_app",) in connection.execute(connected).fetchall()
        for right, given in (("INSERT", True), ("UPDATE", False), ("DELETE", False)):
            asked = "SELECT has_table_privilege('yiwang_app', 'journal_entry', %s)"
            assert connection.execute(asked, [right]).fetchone() == (given,)
    os.killpg(installation.process.pid, signal.SIGINT)
    installation.process.wait(timeout=120)
    installation.wait_until_nothing_runs(seconds=60)
    assert server.process.poll() is None
    installation.start()
    installation.wait_for_line("ready: ", seconds=180)


def test_an_account_that_may_not_make_accounts_needs_the_applications_too(server, run):
    alone = run(DATABASE_URL=server.url("tenant", "rented"))
    assert alone.process.wait(timeout=180) != 0
    assert any("DATABASE_APP_URL" in line for line in alone.lines), alone.lines
    with server.connect("administrator", "postgres") as connection:
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'secret-clerk'")
    both = run(
        DATABASE_URL=server.url("tenant", "rented"), DATABASE_APP_URL=server.url("clerk", "rented")
    )
    both.wait_for_line("ready: ", seconds=180)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with server.connect("clerk", "rented") as connection, refused:
        connection.execute("DELETE FROM journal_entry")
