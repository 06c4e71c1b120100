"""A real embedded server, started, killed and started again."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from yiwang.cloud.storage import actions, placement, processes, queries, roles, server
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.cloud.storage.refusals import CannotStartDatabase, UnsafeDatabase

ROOT = os.geteuid() == 0
FAST = {"shared_buffers": "16MB"}


@pytest.fixture
def home():
    folder = Path(tempfile.mkdtemp(prefix="yiwang-test-"))
    folder.chmod(0o755)
    yield folder
    end(folder)


def end(folder: Path) -> None:
    place = placement.choose(folder)
    for pid in processes.living_in(place.data):
        with_suppressed_kill(pid)
    processes.wait_until_gone(place.data, seconds=10)
    for path in (folder, place.folder, place.sockets):
        shutil.rmtree(path, ignore_errors=True)


def with_suppressed_kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def connect(address):
    return psycopg.connect(**address.conninfo, autocommit=True)


def test_a_killed_server_comes_back_with_everything_that_was_committed(home):
    running = actions.start_embedded(home)
    with connect(running.owner) as owner:
        owner.execute("CREATE TABLE receipt (n int PRIMARY KEY)")
        owner.execute("INSERT INTO receipt SELECT generate_series(1, 500)")
    running.process.kill()
    running.process.wait()
    again = actions.start_embedded(home)
    with connect(again.owner) as owner:
        assert owner.execute("SELECT count(*) FROM receipt").fetchone() == (500,)
    actions.stop(again)
    assert processes.living_in(again.placement.data) == frozenset()


def test_the_server_is_durable_private_and_not_on_the_network(home):
    running = actions.start_embedded(home)
    assert running.version // 10000 == 18
    admin = server.address(running.placement, DatabaseRole.ADMIN, name="postgres")
    with connect(admin) as connection:
        shown = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses',"
                " 'full_page_writes', 'synchronous_commit', 'data_checksums')"
            ).fetchall()
        )
        trusted = connection.execute(
            "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method NOT IN ('scram-sha-256', 'reject')"
        ).fetchone()
    assert shown.pop("listen_addresses") == ""
    assert set(shown.values()) == {"on"}
    assert trusted == (0,)
    for folder in (running.placement.data, running.placement.sockets, running.placement.secrets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for secret in running.placement.secrets.iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    actions.stop(running)


def test_a_wrong_password_opens_nothing(home):
    running = actions.start_embedded(home, settings=FAST)
    wrong = {**running.app.conninfo, "password": "guess"}
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**wrong)
    actions.stop(running)


@pytest.mark.skipif(not ROOT, reason="only root changes accounts")
def test_as_root_the_server_runs_as_an_unprivileged_account_and_changes_nothing_above_it(home):
    parents = {path: (path.stat().st_mode, path.stat().st_uid) for path in (home, *home.parents)}
    running = actions.start_embedded(home, settings=FAST)
    uid = Path(f"/proc/{running.process.pid}").stat().st_uid
    assert pwd.getpwuid(uid).pw_name == "nobody"
    assert running.placement.moved == ""
    assert {p: (p.stat().st_mode, p.stat().st_uid) for p in parents} == parents
    actions.stop(running)


@pytest.mark.skipif(not ROOT, reason="only root changes accounts")
def test_a_home_the_account_cannot_enter_moves_the_server_and_says_so(home):
    home.chmod(0o700)
    running = actions.start_embedded(home, settings=FAST)
    assert str(running.placement.folder).startswith("/var/lib/yiwang/")
    assert str(home) in running.placement.moved
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    actions.stop(running)


@pytest.mark.skipif(not ROOT, reason="only root changes accounts")
def test_a_program_the_account_cannot_run_is_copied(home, monkeypatch):
    hidden = home / "hidden"
    hidden.mkdir(mode=0o700)
    wheel = placement.find_wheel()
    for name in (placement.WHEEL, f"{placement.WHEEL}.libs"):
        (hidden / name).symlink_to(wheel / name)
    monkeypatch.setattr(placement, "find_wheel", lambda: hidden)
    running = actions.start_embedded(home, settings=FAST)
    assert home / "database" / "program" in running.placement.program.parents
    actions.stop(running)


def test_a_lock_file_naming_a_stranger_does_not_keep_the_server_from_starting(home):
    running = actions.start_embedded(home, settings=FAST)
    actions.stop(running)
    lock = running.placement.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{running.placement.data}\n1\n5432\n\n\n\n")
    (running.placement.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    again = actions.start_embedded(home, settings=FAST)
    assert list(running.placement.data.glob("postmaster.pid.stale.*"))
    actions.stop(again)


def test_a_server_left_behind_is_stopped_before_a_new_one_starts(home):
    first = actions.start_embedded(home, settings=FAST)
    second = actions.start_embedded(home, settings=FAST)
    assert first.process.wait(timeout=10) == 0
    assert second.process.poll() is None
    actions.stop(second)


def test_the_server_ends_with_the_process_that_started_it(home):
    code = (
        "import sys, time; from pathlib import Path;"
        "from yiwang.cloud.storage import actions;"
        "actions.start_embedded(Path(sys.argv[1]), settings={'shared_buffers': '16MB'});"
        "print('up', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, env=environment
    )
    assert child.stdout.readline() == b"up\n"
    data = placement.choose(home).data
    assert processes.living_in(data)
    child.kill()
    child.wait()
    assert processes.wait_until_gone(data, seconds=10)


def test_an_interrupted_first_start_leaves_nothing_that_looks_finished(home):
    place = placement.choose(home)
    placement.make(place)
    unfinished = place.folder / "data.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    running = actions.start_embedded(home, settings=FAST)
    assert not unfinished.exists()
    actions.stop(running)


def test_someone_elses_folder_is_refused_not_taken_over(home):
    place = placement.choose(home)
    place.folder.parent.mkdir(exist_ok=True)
    place.folder.symlink_to(home)
    with pytest.raises(CannotStartDatabase):
        actions.start_embedded(home)


def test_the_application_writes_rows_and_only_adds_to_history(home):
    running = actions.start_embedded(home, settings=FAST)
    with connect(running.owner) as owner:
        owner.execute("CREATE TABLE django_migrations (id int)")
        owner.execute("CREATE TABLE cases_case (id int)")
        owner.execute("CREATE TABLE journal_entry (id int)")
    actions.grant(owner=running.owner, app_user=running.app.user, append_only=["journal_entry"])
    with connect(running.app) as app:
        app.execute("INSERT INTO cases_case VALUES (1)")
        app.execute("UPDATE cases_case SET id = 2")
        app.execute("INSERT INTO journal_entry VALUES (1)")
        for forbidden in (
            "UPDATE journal_entry SET id = 2",
            "DELETE FROM journal_entry",
            "TRUNCATE journal_entry",
            "TRUNCATE cases_case",
            "DROP TABLE cases_case",
            "ALTER TABLE journal_entry ADD x int",
            "CREATE TABLE mine (id int)",
            "INSERT INTO django_migrations VALUES (1)",
            "SET ROLE yiwang_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)
    actions.stop(running)


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_receipts_is_refused(home, name):
    running = actions.start_embedded(home, settings={**FAST, name: "off"})
    with pytest.raises(UnsafeDatabase, match=name):
        roles.check(running.owner)
    actions.stop(running)


def test_an_address_is_read_from_its_url():
    found = queries.parse_address("postgresql://us%40er:p%2Fw@db.example:5433/yiwang")
    assert (found.user, found.password, found.host, found.port, found.name) == (
        "us@er",
        "p/w",
        "db.example",
        "5433",
        "yiwang",
    )
    assert queries.parse_address("postgresql://u@/n?host=/run/s").host == "/run/s"


def test_starting_takes_less_than_ten_seconds(home):
    actions.stop(actions.start_embedded(home, settings=FAST))
    taken = []
    while not taken or (min(taken) >= 10 and len(taken) < 3):  # others share the machine
        began = time.monotonic()
        running = actions.start_embedded(home, settings=FAST)
        taken.append(time.monotonic() - began)
        actions.stop(running)
    assert min(taken) < 10
