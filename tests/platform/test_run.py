"""``yiwang run`` for real: started, killed in every way, started again."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.installation import ROOT, Installation, kill
from yiwang.cloud.storage import processes

pytestmark = pytest.mark.slow
#: What a person waits for an answer while the database says nothing: its eight seconds and a margin.
LONGEST_WAIT = 12.0
DIVIDED = ("worker", "errands", "sealer", "clock")
KEPT = ("web", *DIVIDED, "exchange")


@pytest.fixture(scope="module")
def province():
    """Started once; every test leaves it running and ready."""
    installation = Installation(more={"YIWANG_BODY_SECONDS": "2"})
    installation.start()
    installation.wait_for_line("ready: ", seconds=300)
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


def test_who_sends_slowly_is_given_up_and_others_are_answered_meanwhile(province):
    def answer() -> bytes:
        with socket.create_connection(("127.0.0.1", province.port), timeout=15) as sender:
            sender.sendall(
                b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            )
            sender.settimeout(0.1)
            for _ in range(100):
                with contextlib.suppress(TimeoutError):
                    return sender.recv(200)
                sender.sendall(b"x" * 200)
        return b""

    with ThreadPoolExecutor(8) as pool:
        senders = [pool.submit(answer) for _ in range(8)]
        time.sleep(1)
        assert province.get("/healthz")[0] == 200
        assert {sender.result().split()[1] for sender in senders} == {b"408"}


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


def test_akilled_database_comes_back_by_itself_with_every_receipt(province):
    written = write_receipts(province, 200)
    before = province.postmaster()
    os.kill(before, signal.SIGKILL)
    time.sleep(1)
    province.wait_until_ready(seconds=60)
    assert province.postmaster() != before
    assert written <= receipts(province)


def test_a_database_that_cannot_start_is_tried_again_while_the_rest_says_come_later(province):
    """As on a full disk: the supervisor once ended here, and with it everything."""
    written = write_receipts(province, 20)
    configuration = province.place.data / "postgresql.conf"
    honest = configuration.read_text()
    configuration.write_text(honest + "\nno_such_setting = 1\n")
    try:
        kill(province.postmaster())
        province.wait_for_line("数据库还不能恢复", seconds=60)
        assert province.process.poll() is None
        assert province.get("/healthz")[0] == 200
        status, headers = province.get("/items/elderly-allowance/")
        assert (status, headers["Retry-After"]) == (503, "30")
    finally:
        configuration.write_text(honest)
    province.wait_until_ready(seconds=60)
    assert written <= receipts(province)


@contextlib.contextmanager
def frozen_database(province: Installation):
    """Every process of the server stands still: it neither answers nor ends."""
    standing = processes.living_in(province.place.data)
    assert province.postmaster() in standing
    for pid in standing:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in standing:
            os.kill(pid, signal.SIGCONT)


def test_a_frozen_database_keeps_nobody_waiting_and_is_used_again_when_it_goes_on(province):
    written = write_receipts(province, 20)

    def ask(address: str) -> tuple[int, float]:
        began = time.monotonic()
        status, headers = province.get(address, seconds=30)
        assert status != 503 or int(headers["Retry-After"]) > 0
        return status, time.monotonic() - began

    addresses = ["/readyz", "/items/", "/items/elderly-allowance/", "/laws/"] * 25
    assert [ask(address)[0] for address in addresses[:4]] == [200, 200, 404, 200]
    with frozen_database(province):
        with ThreadPoolExecutor(50) as people:
            answers = list(people.map(ask, addresses))
        assert {status for status, _seconds in answers} == {503}
        slowest = max(seconds for _status, seconds in answers)
        assert slowest < LONGEST_WAIT, slowest
        assert province.get("/healthz")[0] == 200
    province.wait_until_ready(seconds=30)
    end = time.monotonic() + 30  # each web process finds out by itself
    while ask("/items/")[0] != 200:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert written <= receipts(province)


@pytest.mark.parametrize("name", KEPT)
def test_akilled_child_is_started_again(province, name):
    before = wait_for_others(province, name, set())
    for pid in before:
        kill(pid)
    wait_for_others(province, name, before)


def wait_for_others(province: Installation, name: str, before: set[int]) -> set[int]:
    end = time.monotonic() + 180
    while not (province.pids_of(name) - before and province.is_ready()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return province.pids_of(name)


def test_those_divided_from_akilled_process_die_with_it_and_all_are_started_again(province):
    before = {name: wait_for_others(province, name, set()) for name in DIVIDED}
    assert all(len(pids) == 1 for pids in before.values())
    (loaded,) = province.pids_of("background")
    kill(loaded)
    end = time.monotonic() + 5
    while set().union(*before.values()) & province.everything():
        assert time.monotonic() < end
        time.sleep(0.1)
    for name in DIVIDED:
        wait_for_others(province, name, before[name])


def test_nothing_outlives_akilled_supervisor_and_the_next_start_has_every_receipt(province):
    written = write_receipts(province, 50)
    os.kill(province.process.pid, signal.SIGKILL)
    province.process.wait()
    province.start()  # at once: what was left is still ending
    province.wait_for_line("ready: ", seconds=180)
    assert written <= receipts(province)
    postmasters = [
        p for p in processes.living_in(province.place.data) if p == province.postmaster()
    ]
    assert len(postmasters) == 1


def test_everythingkilled_at_once_is_ready_again_with_every_receipt(province):
    written = write_receipts(province, 50)
    for pid in {province.process.pid, *province.everything()}:
        kill(pid)
    province.process.wait()
    province.start()
    province.wait_for_line("ready: ", seconds=180)
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
    province.start()
    province.wait_for_line("ready: ", seconds=180)
    assert written <= receipts(province)


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="make needs its environment")
def test_akilled_make_takes_everything_with_it(province):
    os.kill(province.process.pid, signal.SIGTERM)
    assert province.process.wait(timeout=60) == 0
    province.start(("make", "run"))
    province.wait_for_line("ready: ", seconds=180)
    province.process.kill()
    province.process.wait()
    province.wait_until_nothing_runs(seconds=60)
    province.start()
    province.wait_for_line("ready: ", seconds=180)
