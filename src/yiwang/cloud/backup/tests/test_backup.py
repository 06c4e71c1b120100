"""A real server copied while it is written to, and brought back to a moment, on real disks with real keys."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from yiwang.cloud.backup import actions, queries, vault
from yiwang.cloud.backup.actions import taking
from yiwang.cloud.backup.refusals import (
    DamagedBackup,
    LivingInstallation,
    NothingToRestore,
    WrongKey,
)
from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage import queries as storage_queries
from yiwang.cloud.storage.definitions import DATABASE, DatabaseRole
from yiwang.cloud.storage.refusals import CannotCopyDatabase
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import keystore
from yiwang.mechanisms.files import shelf

PLAIN = b"Fuer immer in der Kartei: 620102194305060000"


class Home:
    """One installation's folder, its keys and its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)

    def connect(self) -> psycopg.Connection:
        address = storage_queries.embedded_address(self.folder, DatabaseRole.OWNER)
        return psycopg.connect(**address.conninfo, autocommit=True)

    def write(self, number: int) -> datetime:
        with self.connect() as connection:
            connection.execute("INSERT INTO receipts VALUES (%s)", [number])
            return connection.execute("SELECT clock_timestamp()").fetchone()[0]

    def receipts(self) -> list[int]:
        running = storage.start_embedded(self.folder)
        try:
            with self.connect() as connection:
                rows = connection.execute("SELECT number FROM receipts ORDER BY number").fetchall()
        finally:
            storage.stop(running)
        return [number for (number,) in rows]


@pytest.fixture
def live_in(settings, monkeypatch):
    """Point this process's settings and keys at a home."""

    def move(home: Path) -> None:
        settings.YIWANG_HOME = home
        keystore.get_store.cache_clear()

    yield move
    keystore.get_store.cache_clear()


@pytest.fixture
def room(tmp_path_factory) -> Iterator[Path]:
    """A place the server's own account may enter."""
    folder = Path("/tmp") / f"yiwang-backup-{time.time_ns()}"
    folder.mkdir(mode=0o755)
    yield folder
    for home in folder.iterdir():
        shutil.rmtree(storage_queries.embedded_folder(home), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def living(room, live_in) -> Iterator[Home]:
    home = Home(room / "home")
    live_in(home.folder)
    running = storage.start_embedded(home.folder)
    with home.connect() as connection:
        connection.execute("CREATE TABLE receipts (number integer PRIMARY KEY)")
    shelf.keep("a" * 16, [PLAIN])
    yield home
    storage.stop(running)


def bring_back(home: Path, folder: Path, *, to: datetime | None, master: Path) -> None:
    actions.refuse_living(home)
    actions.bring_back_keys(home=home, folder=folder, master=master)
    actions.bring_back_secrets(home=home, folder=folder)
    actions.bring_back_database(home=home, folder=folder, to=to, address=None)
    actions.bring_back_files(home=home, folder=folder)


def test_an_installation_is_brought_back_to_any_moment_and_nothing_damaged_passes(
    living: Home, room: Path, live_in
) -> None:
    folder, master = room / "backup", living.folder / "secrets" / "master-key"
    follower = actions.Follower(living.folder, folder)
    living.write(1)
    follower.round()
    base = actions.take(home=living.folder, folder=folder)
    follower.round()
    moments = []
    for number in range(2, 7):
        moments.append(living.write(number))
        time.sleep(0.05)
        if number == 4:
            shelf.keep("b" * 16, [PLAIN])
            keystore.get_store().change_master()  # what was copied before opens with the new one, too
            follower.round()
    reach = follower.round()
    idle = follower.round()
    follower.close()
    assert reach is not None
    assert idle is not None
    assert idle.until > reach.until
    assert [one.key for one in queries.list_bases(folder)] == [base.key]
    nothing_in_clear(folder)

    fresh = Home(room / "fresh")
    live_in(fresh.folder)
    bring_back(fresh.folder, folder, to=moments[1], master=master)
    assert fresh.receipts() == [1, 2, 3]
    assert b"".join(shelf.take_out("b" * 16)) == PLAIN
    with pytest.raises(LivingInstallation):
        actions.refuse_living(fresh.folder)

    latest = Home(room / "latest")
    live_in(latest.folder)
    bring_back(latest.folder, folder, to=idle.until, master=master)
    assert latest.receipts() == [1, 2, 3, 4, 5, 6]

    other = Home(room / "other")
    live_in(other.folder)
    wrong = room / "wrong-key"
    wrong.write_text("ab" * 32)
    with pytest.raises(WrongKey):
        bring_back(other.folder, folder, to=None, master=wrong)
    live_in(other.folder)
    with pytest.raises(NothingToRestore):
        bring_back(other.folder, folder, to=now() + timedelta(days=1), master=master)

    actions.clear(other.folder)
    actions.refuse_living(other.folder)

    third = Home(room / "third")
    live_in(third.folder)
    segment = sorted((folder / "wal").iterdir())[-1]
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-40] + bytes(40))
    with pytest.raises(DamagedBackup, match=segment.name):
        bring_back(third.folder, folder, to=moments[1], master=master)
    segment.write_bytes(whole)

    fourth = Home(room / "fourth")
    live_in(fourth.folder)
    database = folder / vault.database_of(base.key)
    database.write_bytes(database.read_bytes()[:-1])
    with pytest.raises(DamagedBackup, match="database"):
        bring_back(fourth.folder, folder, to=moments[1], master=master)


def nothing_in_clear(folder: Path) -> None:
    """Neither a person's number nor a password can be read in what leaves the machine."""
    password = taking._KEPT_SECRETS[0]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"620102194305060000" not in content, path
            assert password.encode() not in content, path
            assert path.name != "master-key"


def test_what_the_server_let_go_of_is_noticed_and_a_new_copy_begins(
    living: Home, room: Path
) -> None:
    folder = room / "backup"
    follower = actions.Follower(living.folder, folder)
    living.write(1)
    follower.round()
    follower.close()
    storage.drop_slot(living.folder)
    with living.connect() as connection:
        assert connection.info.dbname == DATABASE
    follower.start_afresh()
    assert follower.round() is not None
    follower.close()


def test_a_real_server_is_dumped_and_comes_back_into_an_empty_database_only(
    living: Home, room: Path, live_in
) -> None:
    folder, master = room / "backup", living.folder / "secrets" / "master-key"
    owner = storage_queries.embedded_address(living.folder, DatabaseRole.OWNER)
    admin = storage_queries.embedded_address(living.folder, DatabaseRole.ADMIN)
    living.write(1)
    base = actions.take_dump(home=living.folder, folder=folder, address=owner)
    living.write(2)
    with psycopg.connect(**admin.conninfo, autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty OWNER yiwang_owner")
    fresh, empty = Home(room / "fresh"), replace(owner, name="empty")
    live_in(fresh.folder)
    actions.bring_back_keys(home=fresh.folder, folder=folder, master=master)
    with pytest.raises(NothingToRestore):
        actions.bring_back_database(home=fresh.folder, folder=folder, to=now(), address=empty)
    plan = actions.bring_back_database(home=fresh.folder, folder=folder, to=None, address=empty)
    assert plan.moment == base.ended_at
    with psycopg.connect(**empty.conninfo) as connection:
        assert connection.execute("SELECT number FROM receipts").fetchall() == [(1,)]
    with pytest.raises(CannotCopyDatabase):
        actions.bring_back_database(home=fresh.folder, folder=folder, to=None, address=empty)
