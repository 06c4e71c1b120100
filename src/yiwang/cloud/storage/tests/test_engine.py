"""A connection in steady use is not asked whether it lives, and one the server ended is noticed."""

from __future__ import annotations

import time

import psycopg
import pytest
from django.db import OperationalError, connection

from yiwang.cloud.storage.engine import base

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
