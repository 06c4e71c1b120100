"""A whole table between two departments' front-end databases, beside a local COPY of the same rows.

The local COPY reads the table and writes it into another one of the same server, through one program, key
and all. Ours goes from the source's read-only account over both exchanges' work (one node here plays both:
sealing between nodes is measured by ``bench/exchange.py``) into the receiver's schema, with receipts and
sums. Size: ``BENCH_TABLE_ROWS`` (10,000,000 for the record).
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import Measurement
from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.datasources import actions as sources
from yiwang.foundation.datasources import sample as departments
from yiwang.foundation.datasources.definitions import SourceKind
from yiwang.foundation.tables import actions, sample
from yiwang.foundation.tables.definitions import Deletions
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

ROWS = int(os.environ.get("BENCH_TABLE_ROWS", "1000000"))
GATE = 0.25
BY = machine("bench")


def measure() -> list[Measurement]:
    home = Path(os.environ["YIWANG_HOME"])
    owner = storage.embedded_address(home, DatabaseRole.ADMIN)
    place = f"host='{owner.host}' port={owner.port or '5432'} dbname={owner.name}"
    given: dict[str, Any] = dict(owner.conninfo)
    with psycopg.connect(**given, autocommit=True) as base:
        _prepare(base)
        local = _local(base)
    copy = _declare(place)
    began, cpu = time.perf_counter(), time.process_time()
    rows = batches = 0
    while True:
        pulled = actions.pull_copy(copy=copy, actor=BY, at=now(), seconds=3600)
        rows, batches = rows + pulled.rows, batches + pulled.batches
        if pulled.end:
            break
    taken, ours = time.perf_counter() - began, time.process_time() - cpu
    equal = actions.reconcile_copy(copy=copy, actor=BY, at=now())
    if equal is not True or rows < ROWS:
        raise RuntimeError(f"{rows} rows of {ROWS}, equal: {equal}")
    ratio = round(local / taken, 3)
    name = f"tables: {ROWS:,} rows, {batches} parts"
    return [
        Measurement(f"tables: local COPY of {ROWS:,} rows", round(ROWS / local), "rows/s"),
        Measurement(
            name, round(ROWS / taken), "rows/s", "a local COPY", ratio, f">= {GATE}", ratio >= GATE
        ),
        Measurement("tables: CPU of the side that applies", round(ours / taken, 2), "cores"),
    ]


def _prepare(base: psycopg.Connection) -> None:
    for role in ("yiwang_front_reader", "yiwang_back"):
        base.execute(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD 'sample';"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    base.execute("DROP SCHEMA IF EXISTS front CASCADE")
    base.execute("DROP SCHEMA IF EXISTS back CASCADE")
    base.execute("CREATE SCHEMA front")
    for statement in sample.CREATE.format(schema="front", rows=ROWS).split(";\n"):
        if statement.strip():
            base.execute(statement)
    base.execute("CREATE INDEX ON front.register (changed, no)")
    base.execute("ANALYZE front.register")
    base.execute("GRANT USAGE ON SCHEMA front TO yiwang_front_reader")
    base.execute("GRANT SELECT ON front.register TO yiwang_front_reader")
    base.execute("CREATE SCHEMA back AUTHORIZATION yiwang_back")


def _local(base: psycopg.Connection) -> float:
    """The same rows out of one table and into another one of the same shape, in its key's order."""
    base.execute("CREATE TABLE front.local (LIKE front.register INCLUDING INDEXES)")
    with psycopg.connect(**_conninfo(base), autocommit=True) as other:
        began = time.perf_counter()
        with (
            base.cursor().copy("COPY front.register TO STDOUT") as out,
            other.cursor().copy("COPY front.local FROM STDIN") as into,
        ):
            pieces: list[bytes] = []
            for piece in out:
                pieces.append(bytes(piece))
                if (
                    len(pieces) == 10_000
                ):  # one write for many rows: as a pipe between two psql would
                    into.write(b"".join(pieces))
                    pieces.clear()
            into.write(b"".join(pieces))
        return time.perf_counter() - began


def _conninfo(base: psycopg.Connection) -> dict[str, Any]:
    return {**base.info.get_parameters(), "password": base.info.password}


def _declare(place: str) -> str:
    from django.conf import settings

    officer, at = departments.officer("bench"), now()
    source = sources.register_source(
        label="前置库（示例）", kind=SourceKind.POSTGRES, department=departments.DEPARTMENT,
        division_code=departments.DIVISION, actor=officer, at=at,
        address=f"{place} user=yiwang_front_reader password=sample",
    )  # fmt: skip
    sources.propose_query(
        source=source.key, published=sample.table("bench-register"), actor=officer, at=at
    )
    service = f"{settings.NODE}/bench-register"
    names = tuple(one.name for one in sample.FIELDS)
    agreements.grant(
        service, fields=names, clear_fields=("phone",), consumer=departments.DEPARTMENT
    )
    # The exchange reads what is published every two seconds; once begun, the minute's job would take it.
    time.sleep(4)
    copy = actions.begin_copy(
        service=service, purpose="核对申请人情况", place="back.register", deletions=Deletions.FLAG,
        address=f"{place} user=yiwang_back password=sample",
        department=departments.DEPARTMENT, division_code=departments.DIVISION,
        actor=officer, at=at,
    )  # fmt: skip
    return copy.key
