"""A million closed cases with their clocks and journal entries, and fifty thousand open ones of fifty
bodies: do the lists stay by the index, and how long do an official's and a leader's pages take?"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg import sql

from tests.installation import Installation
from trial import province, timed
from trial.outcome import Outcome
from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole

ROWS = 1_000_000
OPEN, BODIES, DAYS = 50_000, 50, 60
TIMES = 60
BIG = ("cases_case", "clocks_clock", "journal_entry", "cases_work")
#: Issue 3: milliseconds of a whole answer, sign-in, rights and page included.
GATES = {"tab_": 50.0, "case_page": 60.0, "leader": 100.0}

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
_BODY = "CASE WHEN g % 50 = 0 THEN t.department ELSE 'T' || lpad((g % 50)::text, 17, '0') END"
_OPEN_CASE = {
    **_CASE,
    "key": "'n' || lpad(g::text, 15, '0')",
    "case_no": "'n' || lpad(g::text, 20, '0')",
    "draft_key": "'n' || lpad(g::text, 15, '0')",
    "idempotency_key": "'n' || g",
    "content": "t.content",
    "department": _BODY,
}
_OPEN_CLOCK = {
    "subject": "'case:n' || lpad(g::text, 15, '0')",
    "due_on": "t.due_on + (g % 60 - 20)",
    "warns_on": "t.warns_on + (g % 60 - 20)",
    "started_on": "t.started_on - 30",
}
#: One row of work per open case, due as its clock says; one row of figures per body and day.
_WORK = """
INSERT INTO cases_work (case_id, department, division_code, item_code, state, turn, chained, official,
    blocked, for_head, received_at, due_on, warns_on, paused)
SELECT c.id, c.department, c.division_code, c.item_code, c.state, t.turn, t.chained, '',
    c.id %% 40 = 0, FALSE, c.received_at, k.due_on, k.warns_on, FALSE
FROM cases_case c JOIN clocks_clock k ON k.subject = 'case:' || c.key,
    LATERAL (SELECT * FROM cases_work ORDER BY case_id LIMIT 1) t
WHERE c.key LIKE 'n000000%%'
"""
_FIGURES = """
INSERT INTO indicators_bodyday ("on", division_code, department, received, decided, in_time, rejected,
    refused, corrected, extended)
SELECT current_date - d, '6201' || lpad(v::text, 2, '0') || '000000', 'T' || lpad(b::text, 17, '0'),
    20, 18, 17, 1, 1, 2, 1
FROM generate_series(0, %(days)s - 1) d, generate_series(2, 11) v,
    generate_series(1, %(bodies)s) b ON CONFLICT DO NOTHING
"""
_STOCK = """
INSERT INTO indicators_bodystock (division_code, department, open, soon, late)
SELECT '6201' || lpad(v::text, 2, '0') || '000000', 'T' || lpad(b::text, 17, '0'), 100, 10, 2
FROM generate_series(2, 11) v, generate_series(1, %(bodies)s) b ON CONFLICT DO NOTHING
"""
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
            gate = next((most for begins, most in GATES.items() if name.startswith(begins)), None)
            if gate is not None:
                outcome.gate(f"{name}: p95 {p95} ms of {gate:.0f}", p95 <= gate)
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
        at_work = (
            "t.id = (SELECT case_id FROM cases_work WHERE department = "
            "(SELECT department FROM cases_work ORDER BY case_id LIMIT 1) ORDER BY case_id LIMIT 1)"
        )
        _copies(connection, "cases_case", at_work, _OPEN_CASE, rows=OPEN)
        of_that = "t.subject = (SELECT 'case:' || key FROM cases_case c WHERE " + at_work.replace(
            "t.id", "c.id"
        )
        _copies(connection, "clocks_clock", of_that + ")", _OPEN_CLOCK, rows=OPEN)
        connection.execute(_WORK.replace("%%", "%"))
        connection.execute(_FIGURES, {"days": DAYS, "bodies": BODIES})
        connection.execute(_STOCK, {"bodies": BODIES})
        connection.execute("VACUUM ANALYZE")
    outcome.count(rows=3 * ROWS, seconds_to_fill=round(time.monotonic() - began))


def _copies(
    connection: psycopg.Connection,
    table: str,
    which: str,
    changed: Mapping[str, str],
    *,
    rows: int = ROWS,
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
            rows=sql.Literal(rows),
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
    asked |= _pages(official)
    print(
        json.dumps({name: timed.taken(ask, times=TIMES, tables=BIG) for name, ask in asked.items()})
    )


def _pages(official: Any) -> dict[str, Callable[[], object]]:
    """Whole answers of pages: every list of the desk, a case, a leader's screen and his list."""
    from django.test import Client

    from yiwang.capability.cases.definitions.work import WorkList
    from yiwang.capability.cases.models import CaseWork
    from yiwang.kernel.moments import now
    from yiwang.support.identity import queries as identity
    from yiwang.support.identity import sample as accounts
    from yiwang.support.identity.definitions import AccountKind

    first = CaseWork.objects.filter(case__key__startswith="n000000").order_by("case_id")
    body = CaseWork.objects.order_by("case_id").values_list("department", flat=True)[0]
    key = first.filter(department=body).values_list("case__key", flat=True)[0]
    desk, seat = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
    place = CaseWork.objects.order_by("case_id").values_list("division_code", flat=True)[0]
    worker = "minzheng" if official.roles_at(place, body) else "shichang"
    for client, who in ((desk, worker), (seat, "lingdao")):
        account = identity.get_account_by_user_name(who, AccountKind.OFFICIAL)
        accounts.sign_in_client(client, account.subject, at=now())

    def page(client: Client, address: str) -> Callable[[], object]:
        def ask() -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")

        return ask

    pages = {f"tab_{one.lower()}": page(desk, f"/desk/?list={one}") for one in WorkList}
    pages["tab_narrowed"] = page(desk, "/desk/?list=DEPARTMENT&light=YELLOW&phase=TO_ACCEPT")
    pages["case_page"] = page(desk, f"/desk/cases/{key}/?list=DEPARTMENT")
    pages["leader"] = page(seat, "/leader/")
    pages["leader_list"] = page(seat, "/leader/cases/?list=OVERDUE")
    return pages


if __name__ == "__main__":
    _ask(sys.argv[1])
