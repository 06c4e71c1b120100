"""``kill -9`` of real processes, at every statement and at any moment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.events import Event
from yiwang.mechanisms.journal import actions, heads, queries, verifier

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")
SCRIPT = Path(__file__).with_name("killed.py")
SOURCE = Path(__file__).parents[4]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    name: ClassVar[str] = "scratch.counted"
    n: int


def database_url() -> str:
    d = connection.settings_dict
    return (
        f"postgresql://{d['USER']}:{d['PASSWORD']}@/{d['NAME']}?host={d['HOST']}&port={d['PORT']}"
    )


def environment() -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "yiwang.project.settings",
        "PYTHONPATH": str(SOURCE),
        "YIWANG_HOME": str(settings.YIWANG_HOME),
        "PGAPPNAME": "killed.py",
    }


@pytest.fixture(autouse=True)
def scratch() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE scratch_effect (id serial, subject text, n int, position bigint)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scratch_effect")


def announce(subject: str, n: int) -> None:
    with transaction.atomic():
        actions.announce(Counted(subject=subject, at=AT, n=n), actor=CLERK)


def effects() -> dict[str, list[int]]:
    """What took effect, by subject, in order."""
    found: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, n FROM scratch_effect ORDER BY id")
        for subject, n in cursor.fetchall():
            found[subject].append(n)
    return found


def verified(folder: Path) -> verifier.Report:
    with psycopg.connect(database_url()) as other:
        return verifier.verify(other, folder)


def points(what: str) -> int:
    done = subprocess.run(
        [sys.executable, SCRIPT, "points", what],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_a_sealer_killed_before_any_statement_leaves_a_sound_chain(tmp_path: Path) -> None:
    for number in range(12):
        announce(f"case:{number % 3}", number)
    assert points("seal") >= 5
    while actions.seal(at=AT):
        pass
    report = verified(tmp_path)
    assert report.findings == []
    assert report.entries == report.last_position == 12


def test_a_listener_killed_before_any_statement_hears_each_fact_once() -> None:
    for number in range(12):
        announce(f"case:{number % 3}", number)
    actions.seal(at=AT)
    assert points("listen") >= 15  # a batch is one transaction (decision 0220)
    assert effects() == {f"case:{n}": list(range(n, 12, 3)) for n in range(3)}


def test_loops_killed_at_any_moment_lose_nothing_and_repeat_nothing() -> None:
    number = 0
    for _ in range(5):
        loops = subprocess.Popen([sys.executable, SCRIPT, "loop"], env=environment())
        until = time.monotonic() + 0.8 + random.random()  # start-up takes about half a second
        while time.monotonic() < until:
            announce(f"case:{number % 4}", number)
            number += 1
            time.sleep(0.005)
        loops.kill()
        loops.wait()
    loops = subprocess.Popen([sys.executable, SCRIPT, "loop"], env=environment())
    deadline = time.monotonic() + 120  # only a broken loop takes that long
    while sum(map(len, effects().values())) < number and time.monotonic() < deadline:
        time.sleep(0.1)
    loops.kill()
    loops.wait()
    assert effects() == {f"case:{n}": list(range(n, number, 4)) for n in range(4)}
    assert queries.seal_lag(at=AT).waiting == 0
    actions.write_head(at=AT)
    report = verified(heads.heads_folder())
    assert report.findings == []
    assert report.covered == report.entries == number
