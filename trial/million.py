"""A million closed cases with their clocks and journal entries: do the lists stay by the index?"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome
from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole

ROWS = 1_000_000
TIMES = 60
BIG = ("cases_case", "clocks_clock", "journal_entry")

#: What differs from the row everything is copied from; ``g`` counts the rows.
_CASE = {
    "key": "'m' || lpad(g::text, 15, '0')",
    "case_no": "'m' || lpad(g::text, 20, '0')",
    "draft_key": "'m' || lpad(g::text, 15, '0')",
    "idempotency_key": "'m' || g",
    "applicant": "'person:m' || lpad((g % 200000)::text, 15, '0')",
    "submitted_by": "'person:m' || lpad((g % 200000)::text, 15, '0')",
    "content": "''",
    "decision": "NULL",
    "received_at": "t.received_at - g * interval '20 seconds'",
}
_CLOCK = {"subject": "'case:m' || lpad(g::text, 15, '0')"}
_ENTRY = {"subject": "'case:m' || lpad(g::text, 15, '0')", "actor": "'person:m' || g % 200000"}


def run() -> Outcome:
    """Fill by statements of the database itself, then ask as an official and as a citizen."""
    outcome = Outcome("million")
    with province.province() as place:
        (one,) = province.people(place, 1)
        province.submit_until_received(place, one)
        fill(outcome, place)
        said = province.run_inside(place, "trial.million", one.person)
        for name, (p50, p95, read) in json.loads(said.splitlines()[-1]).items():
            outcome.count(**{f"{name}_p50_ms": p50, f"{name}_p95_ms": p95})
            outcome.claim(f"{name}: no big table is read from end to end", read < ROWS)
    return outcome


def fill(outcome: Outcome, place: Installation) -> None:
    """A million closed cases with their clocks and last journal entries, copied from one."""
    address = storage.embedded_address(place.home, DatabaseRole.OWNER)
    began = time.monotonic()
    with psycopg.connect(**address.conninfo, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        _copies(connection, "cases_case", "t.state = 'CLOSED'", _CASE)
        _copies(connection, "clocks_clock", "t.stopped_at IS NOT NULL", _CLOCK)
        _copies(connection, "journal_entry", "t.act = 'cases.case_closed'", _ENTRY)
        connection.execute("ANALYZE")
    outcome.count(rows=3 * ROWS, seconds_to_fill=round(time.monotonic() - began))


def _copies(
    connection: psycopg.Connection, table: str, which: str, changed: Mapping[str, str]
) -> None:
    columns = [
        name
        for (name,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attidentity = '' AND attgenerated = ''",
            [table],
        )
    ]
    values = [
        sql.SQL(changed[name]) if name in changed else sql.Identifier("t", name) for name in columns
    ]
    connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(1, {rows}) g,"
            " LATERAL (SELECT * FROM {table} t WHERE " + which + " ORDER BY id LIMIT 1) t"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(values),
            rows=sql.Literal(ROWS),
        )
    )


def _ask(person: str) -> None:
    """Inside the installation: prints name → (p50, p95, rows read by scanning whole tables)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from yiwang.capability.cases import queries as cases
    from yiwang.capability.cases.definitions import CaseFilter, CaseStatus
    from yiwang.kernel.actor import Actor, ActorKind
    from yiwang.kernel.moments import now
    from yiwang.mechanisms.journal import queries as journal
    from yiwang.support.identity import queries as identity
    from yiwang.support.identity.definitions import AccountKind

    account = identity.find_account_by_user_name("minzheng", AccountKind.OFFICIAL)
    official = identity.get_actor(account.key, at=now())
    citizen = Actor(ActorKind.PERSON, person, assurance_level=3)
    waiting = CaseFilter(status=CaseStatus.WAITING_FOR_OFFICIAL)
    done = CaseFilter(status=CaseStatus.DONE)
    asked: dict[str, Callable[[], object]] = {
        "worklist": lambda: cases.list_cases(official, at=now(), filter=waiting, limit=50),
        "all_cases_of_an_official": lambda: cases.list_cases(official, at=now(), limit=50),
        "done_cases_of_an_official": lambda: cases.list_cases(
            official, at=now(), filter=done, limit=50
        ),
        "my_cases": lambda: cases.list_cases(citizen, at=now(), limit=50),
        "journal_of_one_case": lambda: journal.list_entries(subject="case:m000000000500000"),
    }
    print(json.dumps({name: _times(ask) for name, ask in asked.items()}))


def _times(ask: Callable[[], object]) -> tuple[float, float, int]:
    ask()
    before, taken = _scanned(), []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    p50, p95 = statistics.median(taken), sorted(taken)[int(0.95 * TIMES)]
    return round(p50, 1), round(p95, 1), _scanned() - before


def _scanned() -> int:
    """Rows read so far by scans of whole big tables, as the server counts them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")  # its end is when they are written down
        cursor.execute(
            "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
            [list(BIG)],
        )
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    _ask(sys.argv[1])
