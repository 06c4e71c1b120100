"""A whole table between two departments' front-end databases over two nodes, beside a local COPY of the same rows.

The local COPY reads the table and writes it into another one of the same server, through a pipe, key and
all; once before and once after, the faster counts. Ours goes from the source's read-only account through the provider's and the receiver's node, sealed,
with receipts and sums, into the receiver's schema. On the way the provider's node and the process that applies
are each killed once; what counts is the time during which one applied. At the end both nodes sign the day, and
the rows are counted and summed here a second time. Size: ``BENCH_TABLE_ROWS``. On quiet cores, for the record::

    BENCH_TABLE_ROWS=10000000 python -m bench --one tables
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from bench import apart
from bench.figures import Measurement

ROWS: Final = int(os.environ.get("BENCH_TABLE_ROWS", "1000000"))
GATE: Final = 0.25
SERVICE: Final = "620100/bench-register"
PURPOSE: Final = "核对申请人情况"
_COUNTED: Final = """
SELECT count(*), coalesce(sum(('x' || left(md5((no, name, phone, fee, since, n, gone,
    changed::timestamptz)::text), 12))::bit(48)::bigint), 0) FROM {}
"""


def measure() -> list[Measurement]:
    """In a process of its own: two databases, two homes."""
    return apart.run("bench.tables")


@dataclass(slots=True)
class Taken:
    """What the taking of a table took: seconds in which one applied, and from the first to the last."""

    running: float = 0.0
    whole: float = 0.0
    kills: list[int] = field(default_factory=list)  # at how many rows


def main() -> None:
    """Inside: tables, two nodes, the sources' process, the taking."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from yiwang.foundation.datasources.tests import running as sources
    from yiwang.foundation.exchange.tests import running, two

    call_command("migrate", verbosity=0)
    home = Path(settings.YIWANG_HOME) / "lanzhou"
    (home / "run").mkdir(parents=True)
    (home / "run/query.sock").symlink_to(Path(settings.YIWANG_HOME) / "run/query.sock")
    with (
        two.running_two(home) as pair,
        sources.process(),
        psycopg.connect(running.conninfo(), autocommit=True) as base,
    ):
        settings.EXCHANGE_PORT = pair.province.port
        pair.introduce()
        _prepare(base)
        local = _local(base)
        rows = _taken(pair, base, _declare(pair, base), local)
    print(json.dumps([row.as_json() for row in rows], ensure_ascii=False))


def _taken(pair: Any, base: psycopg.Connection, copy: str, local: float) -> list[Measurement]:
    from yiwang.foundation.tables import actions, queries
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import now

    actor = machine("bench")
    taken = _take(pair, base, copy)
    parts = queries.get_copy(copy, actor).number
    began = time.perf_counter()
    equal = actions.reconcile_copy(copy=copy, actor=actor, at=now())
    compared = time.perf_counter() - began
    counted = [
        base.execute(_COUNTED.format(table)).fetchone()
        for table in ("front.register", "back.register")
    ]
    same = equal is True and counted[0] == counted[1] and counted[0] is not None
    if not same or counted[0][0] != ROWS:  # type: ignore[index]
        problem = queries.get_copy(copy, actor).problem
        raise RuntimeError(f"signed as equal: {equal}, counted {counted}, {problem}")
    local = min(local, _local(base))
    ratio = round(local / taken.running, 3)
    name = f"tables: {ROWS:,} rows over two nodes, {parts} parts"
    at = " and ".join(f"{one:,}" for one in taken.kills)
    return [
        Measurement(f"tables: local COPY of {ROWS:,} rows", round(ROWS / local), "rows/s"),
        Measurement(
            name,
            round(ROWS / taken.running),
            "rows/s",
            "a local COPY",
            ratio,
            f">= {GATE}",
            ratio >= GATE,
        ),
        Measurement(f"{name}, killed at {at}, in all", round(taken.whole, 1), "s"),
        Measurement(f"{name}, compared and signed as equal", round(compared, 1), "s"),
    ]


def _take(pair: Any, base: psycopg.Connection, copy: str) -> Taken:
    """Until all is there: killed the provider's node at a third, the process that applies at two thirds."""
    taken, began = Taken(), time.perf_counter()
    kills = [(ROWS // 3, "node"), (2 * ROWS // 3, "taker")]
    for _ in range(20):
        taker = subprocess.Popen(
            [sys.executable, "-m", "bench.tables", copy, str(pair.province.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        if taker.stdout is None or taker.stdout.readline() != "begun\n":
            raise RuntimeError("the taking did not begin")
        since = time.perf_counter()
        while taker.poll() is None:
            if kills and (rows := _applied(base)) >= kills[0][0]:
                taken.kills.append(rows)
                if kills.pop(0)[1] == "node":
                    pair.lanzhou.kill()
                else:
                    taker.kill()
            time.sleep(0.02)
        taken.running += time.perf_counter() - since
        if taker.returncode == 0:
            taken.whole = time.perf_counter() - began
            if kills:
                raise RuntimeError("it was there before it was killed")
            return taken
        if pair.lanzhou.process.poll() is not None:
            pair.lanzhou.start()
    raise RuntimeError("the table does not come to its end")


def _applied(base: psycopg.Connection) -> int:
    """Rows there by the statistics of the last number taken: counting them would be work of its own."""
    there = base.execute("SELECT to_regclass('back.yiwang_taken') IS NOT NULL").fetchone()
    if there != (True,):
        return 0
    found = base.execute(
        "SELECT coalesce(max(substr(place -> 'after' ->> 0, 2)::bigint), 0) FROM back.yiwang_taken"
        " WHERE phase = 'FULL'"
    ).fetchone()
    return int(found[0]) if found else 0


def take(copy: str, port: str) -> int:
    """In a process that may be killed: 0 when all is there."""
    import django

    django.setup()
    from django.conf import settings

    from yiwang.foundation.tables import actions
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import now

    settings.EXCHANGE_PORT = int(port)
    print("begun", flush=True)
    pulled = actions.pull_copy(copy=copy, actor=machine("bench"), at=now(), seconds=3600)
    return 0 if pulled.end else 1


def _prepare(base: psycopg.Connection) -> None:
    from yiwang.foundation.tables import sample

    for role in ("yiwang_front_reader", "yiwang_back"):
        base.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'sample'")
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
    """Seconds for the same rows out of one table and into another one of the same shape: COPY into a pipe
    and COPY out of it, both by the server itself, with no program between that could be slow."""
    from yiwang.foundation.exchange.tests import running

    base.execute("CREATE TABLE front.local (LIKE front.register INCLUDING INDEXES)")
    base.execute("CHECKPOINT")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        pipe = Path(folder) / "pipe"
        os.mkfifo(pipe)
        for path, mode in ((pipe.parent, 0o755), (pipe, 0o666)):
            path.chmod(mode)  # the server may run under another account
        with psycopg.connect(running.conninfo(), autocommit=True) as other:
            began = time.perf_counter()
            into = beside.submit(other.execute, f"COPY front.local FROM '{pipe}'")
            base.execute(f"COPY front.register TO '{pipe}'")
            into.result()
            took = time.perf_counter() - began
    base.execute("DROP TABLE front.local")
    base.execute("CHECKPOINT")
    return took


def _declare(pair: Any, base: psycopg.Connection) -> str:
    """Lanzhou's register as a service, the province's grant of it, and the copy that is begun."""
    from django.conf import settings

    from yiwang.foundation.agreements import sample as agreements
    from yiwang.foundation.agreements.definitions import Way
    from yiwang.foundation.datasources import actions as sources
    from yiwang.foundation.datasources import sample as departments
    from yiwang.foundation.datasources.definitions import SourceKind
    from yiwang.foundation.exchange import parts
    from yiwang.foundation.exchange.definitions import CallStatus
    from yiwang.foundation.tables import actions, sample
    from yiwang.foundation.tables.definitions import Deletions
    from yiwang.kernel.moments import now

    info = base.info
    place = f"host='{info.host}' port={info.port} dbname={info.dbname}"
    officer, at = departments.officer("bench"), now()
    settings.NODE = SERVICE.split("/")[0]
    source = sources.register_source(
        label="前置库（示例）", kind=SourceKind.POSTGRES, department=departments.DEPARTMENT,
        division_code=departments.DIVISION, actor=officer, at=at,
        address=f"{place} user=yiwang_front_reader password=sample",
    )  # fmt: skip
    body = sample.table(SERVICE.split("/")[1])
    sources.propose_query(source=source.key, published=body, actor=officer, at=at)
    settings.NODE = "62"
    names = tuple(one.name for one in sample.FIELDS)
    agreements.grant(
        SERVICE, fields=names, clear_fields=("phone",), consumer=departments.DEPARTMENT,
        way=Way.TABLE,
    )  # fmt: skip
    copy = actions.begin_copy(
        service=SERVICE, purpose=PURPOSE, place="back.register", deletions=Deletions.FLAG,
        address=f"{place} user=yiwang_back password=sample",
        department=departments.DEPARTMENT, division_code=departments.DIVISION,
        actor=officer, at=at,
    )  # fmt: skip
    key = parts.key_of(departments.DEPARTMENT, now())
    pair.tell()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        part = parts.fetch_part(
            service=SERVICE, part={"way": "full", "after": [], "upto": ["R00000001"]},
            purpose=PURPOSE, item="", fields=(), key=key, at=now(),
        )  # fmt: skip
        if part.status is CallStatus.FOUND:
            return copy.key
        time.sleep(0.2)
    raise RuntimeError(f"the table is not handed over: {part.refusal} {part.sentence}")


if __name__ == "__main__":
    if sys.argv[1:]:
        raise SystemExit(take(sys.argv[1], sys.argv[2]))
    main()
