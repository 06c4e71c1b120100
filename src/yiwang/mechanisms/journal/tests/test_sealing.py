from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions, queries, verifier
from yiwang.mechanisms.journal.models import Link

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")
pytestmark = pytest.mark.django_db(transaction=True)


def act(subject: str, name: str = "ACT") -> None:
    with transaction.atomic():
        actions.record(actor=CLERK, act=name, subject=subject, at=AT)


def other_connection() -> psycopg.Connection:
    return psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    )


def acts_in_order() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.act FROM journal_link l JOIN journal_entry e ON e.id = l.entry_id"
            " ORDER BY l.position"
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def held_open() -> Iterator[psycopg.Connection]:
    """A transaction in another connection that has written an entry and not committed."""
    with other_connection() as other:
        other.execute(
            "WITH written AS (INSERT INTO journal_entry (at, act, subject, actor, is_event, body)"
            " SELECT %s, 'LATE', 'case:late', 'machine:test', false, replace(body, 'ACT', 'LATE')"
            " FROM journal_entry LIMIT 1 RETURNING id)"
            " INSERT INTO journal_pending (entry_id) SELECT id FROM written",
            [AT],
        )
        yield other


def test_positions_are_contiguous_from_one() -> None:
    for number in range(5):
        act(f"case:{number}")
    assert actions.seal(at=AT, limit=3) == 3
    assert actions.seal(at=AT) == 2
    assert actions.seal(at=AT) == 0
    assert list(Link.objects.order_by("position").values_list("position", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert queries.list_entries(subject="case:4")[0].position == 5


def test_what_commits_late_is_not_skipped_and_holds_nobody_up() -> None:
    act("case:first")
    with other_connection() as other:
        other.execute(
            "WITH written AS (INSERT INTO journal_entry (at, act, subject, actor, is_event, body)"
            " VALUES (now(), 'LATE', 'case:late', 'x', false, '{}') RETURNING id)"
            " INSERT INTO journal_pending (entry_id) SELECT id FROM written"
        )
        act("case:second", "SECOND")
        assert actions.seal(at=AT) == 2
        act("case:third", "THIRD")
        assert actions.seal(at=AT) == 1
        other.commit()
    assert actions.seal(at=AT) == 1
    assert acts_in_order() == ["ACT", "SECOND", "THIRD", "LATE"]


def test_order_within_a_subject_holds_when_many_write_and_seal_at_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE scratch_counter (subject text PRIMARY KEY, n int NOT NULL)")
        cursor.execute(
            "INSERT INTO scratch_counter SELECT 'case:' || i, 0 FROM generate_series(0, 4) i"
        )
    stop = threading.Event()
    problems: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for turn in range(15):
                subject = f"case:{(worker + turn) % 5}"
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE scratch_counter SET n = n + 1 WHERE subject = %s RETURNING n",
                        [subject],
                    )
                    (n,) = cursor.fetchone()
                    actions.record(actor=CLERK, act="COUNT", subject=subject, at=AT, facts={"n": n})
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    def sealing() -> None:
        try:
            while not stop.is_set():
                actions.seal(at=AT, limit=7)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    sealers = [threading.Thread(target=sealing) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in sealers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    while actions.seal(at=AT):
        pass
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scratch_counter")
    assert problems == []
    for number in range(5):
        entries = sorted(queries.list_entries(subject=f"case:{number}"), key=lambda e: e.position)
        assert [e.facts["n"] for e in entries] == list(range(1, 61))
    assert list(Link.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, 301)
    )


def test_a_second_sealer_waits_for_its_turn() -> None:
    act("case:1")
    with other_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [actions.sealing.LOCK])
        assert actions.seal(at=AT) == 0
    assert actions.seal(at=AT) == 1


@pytest.mark.parametrize("table", ["journal_entry", "journal_link", "journal_subject"])
@pytest.mark.parametrize("change", ["UPDATE {} SET entry_id = entry_id", "DELETE FROM {}"])
def test_history_cannot_be_changed_even_by_the_owner(table: str, change: str) -> None:
    act("case:1")
    actions.seal(at=AT)
    statement = change.format(table)
    if table == "journal_entry":
        statement = statement.replace("entry_id", "id")
    with pytest.raises(Exception, match="only grows"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_verifier_agrees_and_the_head_vouches(tmp_path: Path) -> None:
    for number in range(10):
        act(f"case:{number}")
    actions.seal(at=AT)
    assert actions.write_head(at=AT, folder=tmp_path) == 10
    assert actions.write_head(at=AT, folder=tmp_path) is None
    act("case:after")
    actions.seal(at=AT)
    assert actions.write_head(at=AT, folder=tmp_path) == 11
    with other_connection() as other:
        report = verifier.verify(other, tmp_path)
    assert report.findings == []
    assert (report.entries, report.heads, report.covered) == (11, 2, 11)


def test_the_lag_says_how_long_the_oldest_waits() -> None:
    from yiwang.kernel import moments

    assert queries.seal_lag(at=moments.now()).waiting == 0
    act("case:1")
    lag = queries.seal_lag(at=moments.now())
    assert lag.waiting == 1
    assert 0 <= lag.oldest_seconds < 30
