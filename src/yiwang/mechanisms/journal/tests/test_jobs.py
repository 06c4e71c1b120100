from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto.definitions import KeyMissing
from yiwang.mechanisms.journal import actions, heads, jobs, queries
from yiwang.mechanisms.journal.models import Link

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[threading.Thread]:
    """Both loops in a thread, as the supervisor's process runs them."""
    monkeypatch.setattr(jobs, "AWAY", 0.05)
    monkeypatch.setattr(actions.heads, "heads_folder", lambda: tmp_path)
    stop = threading.Event()
    loops = threading.Thread(target=jobs.run, args=(stop,))
    loops.start()
    yield loops
    stop.set()
    loops.join(10)
    assert not loops.is_alive()


def write() -> None:
    with transaction.atomic():
        actions.record(actor=machine("test"), act="ACT", subject="case:1", at=AT)


def eventually(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60  # only a broken loop takes that long
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return what()


def test_an_entry_is_sealed_within_a_second_and_the_head_is_signed(
    running: threading.Thread, tmp_path: Path
) -> None:
    fastest = 60.0  # of some, because other programs share the machine
    for number in range(1, 6):
        write()
        began = time.monotonic()
        assert eventually(lambda: Link.objects.count() >= number)  # noqa: B023 - used at once
        fastest = min(fastest, time.monotonic() - began)
    assert fastest < 1
    assert running.is_alive()


def test_a_lost_connection_is_opened_again(running: threading.Thread) -> None:
    write()
    assert eventually(lambda: Link.objects.count() >= 1)
    d = connection.settings_dict
    with psycopg.connect(
        dbname="postgres", user=d["USER"], password=d["PASSWORD"], host=d["HOST"], port=d["PORT"]
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [d["NAME"], connection.connection.info.backend_pid],
        )
    write()
    assert eventually(lambda: Link.objects.count() >= 2)
    assert running.is_alive()


@pytest.mark.parametrize("error", [OSError(28, "full"), KeyMissing()])
def test_sealing_goes_on_when_the_head_cannot_be_signed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def refuse(**_: object) -> None:
        raise error

    monkeypatch.setattr(actions, "write_head", refuse)
    stop = threading.Event()
    loops = threading.Thread(target=jobs.run, args=(stop,))
    loops.start()
    write()
    assert eventually(lambda: Link.objects.exists())
    stop.set()
    loops.join(10)
    assert "head was not signed" in caplog.text


def test_the_age_of_the_head_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(heads, "heads_folder", lambda: tmp_path)
    assert queries.head_age(at=moments.now()) is None
    write()
    actions.seal(at=AT)
    actions.write_head(at=AT, folder=tmp_path)
    assert queries.head_age(at=AT) == 0.0
