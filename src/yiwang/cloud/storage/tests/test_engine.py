"""A steady connection is not asked whether it lives; one that ended or fell silent is noticed."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import psycopg
import pytest
from django.db import OperationalError, connection

from yiwang.cloud.storage.definitions import ANSWER_WITHIN
from yiwang.cloud.storage.engine import base
from yiwang.cloud.storage.engine.outage import Outage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_connection():
    connection.close()
    yield
    connection.close()


def backend() -> int:
    connection.ensure_connection()
    return connection.connection.info.backend_pid


def end_by_the_server(pid: int) -> None:
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{n: given[n] for n in names if n in given}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        while other.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid]
        ).fetchone()[0]:
            time.sleep(0.01)


def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    real = base.base.DatabaseWrapper.is_usable
    monkeypatch.setattr(
        base.base.DatabaseWrapper, "is_usable", lambda self: asked.append("asked") or real(self)
    )
    return asked


def test_a_connection_in_steady_use_is_asked_once_in_a_while(monkeypatch):
    asked = questions(monkeypatch)
    backend()
    for _ in range(3):
        assert connection.is_usable()
    assert asked == []
    monkeypatch.setattr(base, "STEADY_SECONDS", 0.0)
    assert connection.is_usable()
    assert asked == ["asked"]


def test_the_next_request_gets_a_new_connection_when_the_server_ended_the_old_one():
    before = backend()
    end_by_the_server(before)
    connection.close_if_unusable_or_obsolete()  # what Django does when a request begins
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != before


def test_after_an_error_nothing_is_taken_for_granted(monkeypatch):
    end_by_the_server(backend())
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    asked = questions(monkeypatch)
    assert not connection.is_usable()
    assert asked == ["asked"]


@pytest.fixture
def one_second(monkeypatch):
    """The server has a second for an answer, and nobody else's outage is ours."""
    monkeypatch.setattr(base, "OUTAGE", Outage())
    monkeypatch.setitem(connection.settings_dict, ANSWER_WITHIN, 1.0)


@contextlib.contextmanager
def stopped(pid: int):
    """A process of the server that neither works nor ends."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def may_stop():
    """The test's server runs on this machine and in our account, or a lower one."""
    try:
        os.kill(backend(), 0)
    except (ProcessLookupError, PermissionError):
        pytest.skip("the database server is another machine's or another account's")


def test_a_server_that_does_not_answer_is_not_waited_for(one_second, may_stop):
    pid = backend()
    with stopped(pid):
        began = time.monotonic()
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert 0.9 < time.monotonic() - began < 3
        assert connection.connection.closed
        began = time.monotonic()
        connection.close_if_unusable_or_obsolete()
        with pytest.raises(OperationalError, match="a moment ago"):
            connection.ensure_connection()
        assert time.monotonic() - began < 0.5
    base.OUTAGE.answered()
    assert backend() != pid


def test_a_slow_statement_within_its_limit_is_waited_for(one_second):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.5), 7")
        assert cursor.fetchone()[1] == 7


def test_a_refused_connection_begins_no_outage_and_ends_one(one_second, monkeypatch):
    elsewhere = {**connection.get_connection_params(), "dbname": "no_such_database"}
    base.OUTAGE.waited_in_vain()
    monkeypatch.setattr(base.OUTAGE, "_now", lambda: time.monotonic() + 60)
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError, match="no_such_database"):
            connection.get_new_connection(elsewhere)


def test_a_migration_is_waited_for_as_long_as_it_takes(one_second, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, ANSWER_WITHIN, None)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.3)")
