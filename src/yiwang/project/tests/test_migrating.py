"""Tables are changed beside others: giving way, trying again, leaving nothing half made."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from django.db import connection

from yiwang.project import migrating
from yiwang.project.manage import main as manage

pytestmark = pytest.mark.django_db(transaction=True)
CHANGE = "ALTER TABLE sample_of_migrating ADD COLUMN IF NOT EXISTS more int"


@pytest.fixture(autouse=True)
def table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sample_of_migrating (number int)")
        cursor.execute("INSERT INTO sample_of_migrating VALUES (1), (1)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sample_of_migrating")


@contextlib.contextmanager
def somebody_reading():
    """Holds the table as a long report would."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{n: given[n] for n in names if n in given}) as other:
        other.execute("LOCK TABLE sample_of_migrating IN ACCESS SHARE MODE")
        yield other


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 200")
        cursor.execute(statement)


def columns():
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "sample_of_migrating")
    return [column.name for column in found]


def test_a_change_gives_way_and_is_made_when_the_table_is_free(monkeypatch):
    pauses = []
    with somebody_reading() as other:

        def pause(seconds):
            pauses.append(seconds)
            if len(pauses) == 2:
                other.rollback()

        monkeypatch.setattr(migrating.time, "sleep", pause)
        migrating.with_patience(lambda: run(CHANGE))
    assert pauses == [1.0, 2.0]
    assert columns() == ["number", "more"]


def test_a_table_held_all_the_time_is_said_and_the_pauses_make_a_minute(monkeypatch):
    pauses = []
    monkeypatch.setattr(migrating.time, "sleep", pauses.append)
    with somebody_reading(), pytest.raises(migrating.TablesInUse):
        migrating.with_patience(lambda: run(CHANGE))
    assert sum(pauses) == 60
    assert columns() == ["number"]


def test_any_other_error_is_not_tried_again():
    tries = []

    def wrong():
        tries.append(1)
        run("ALTER TABLE no_such_table ADD COLUMN more int")

    with pytest.raises(Exception, match="no_such_table"):
        migrating.with_patience(wrong)
    assert tries == [1]


def test_an_index_a_broken_off_build_left_is_built_anew():
    build = "CREATE UNIQUE INDEX CONCURRENTLY only_once ON sample_of_migrating (number)"
    with pytest.raises(Exception, match="only_once"):
        run(build)  # twice the same number: the index stays behind, invalid
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sample_of_migrating SET number = 2 WHERE ctid = '(0,2)'")
    migrating.with_patience(lambda: run(build))
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'only_once'::regclass")
        assert cursor.fetchone() == (True,)


def test_the_operators_command_has_the_same_patience(monkeypatch):
    asked = []
    monkeypatch.setenv("YIWANG_DATABASE_ROLE", "owner")
    monkeypatch.setattr(migrating, "with_patience", asked.append)
    assert manage(["migrate", "--plan"]) == 0
    assert len(asked) == 1
