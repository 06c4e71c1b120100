"""A query service without code: answers of a thousand rows, beside the same query by the plain driver.

Both read one table of a department's PostgreSQL (here: a schema of the same server) over one connection,
one question after the other. The plain driver's answer ends with Python's values; ours as JSON at the
asker's end of the line, checked by type: once as bytes to hand on, once read into values.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg

from bench.figures import Measurement
from yiwang.cloud.storage import queries as storage
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.foundation.datasources import actions, sample
from yiwang.foundation.datasources.asking import Asker, socket_of
from yiwang.foundation.datasources.definitions import (
    Field,
    FieldType,
    Operator,
    Parameter,
    SourceKind,
)
from yiwang.kernel.moments import now

ROWS, QUESTIONS, ROUNDS = 1_000, 40, 5
READER, PASSWORD = "yiwang_bench_reader", "reads-only"
GATE = 0.4
_PREPARE = f"""
DROP SCHEMA IF EXISTS bench_department CASCADE;
CREATE SCHEMA bench_department;
CREATE TABLE bench_department.licence AS
SELECT i / {ROWS} AS batch, lpad(i::text, 12, '0') AS no, '示例商户' || i AS holder,
    date '2020-01-01' + i % 2000 AS issued_on, (i % 9000 + 0.25)::numeric(9,2) AS deposit, i AS n
FROM generate_series(0, {100 * ROWS - 1}) i;
CREATE INDEX ON bench_department.licence (batch);
ANALYZE bench_department.licence;
DO $$ BEGIN CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA bench_department TO {READER};
GRANT SELECT ON bench_department.licence TO {READER};
"""  # noqa: S608
_PLAIN = (
    "SELECT no, holder, issued_on, deposit, n FROM bench_department.licence"  # noqa: S608
    f" WHERE batch = %s LIMIT {ROWS + 1}"
)
BODY = sample.query(
    "bench-licence",
    table="bench_department.licence",
    fields=(
        Field("no", "no", "号", FieldType.TEXT),
        Field("holder", "holder", "名称", FieldType.TEXT),
        Field("issued_on", "issued_on", "日期", FieldType.DATE),
        Field("deposit", "deposit", "金额", FieldType.DECIMAL),
        Field("n", "n", "数", FieldType.INTEGER),
    ),
    parameters=(Parameter("batch", "批次", FieldType.INTEGER, "batch", Operator.EQUALS),),
    rows=ROWS,
)


def measure() -> list[Measurement]:
    home = Path(os.environ["YIWANG_HOME"])
    owner = storage.embedded_address(home, DatabaseRole.ADMIN)
    with psycopg.connect(**owner.conninfo, autocommit=True) as connection:
        connection.execute(_PREPARE)
    host, port = owner.host, owner.port or "5432"
    address = f"host='{host}' port={port} dbname={owner.name} user={READER} password={PASSWORD}"
    _publish(address, f"{host}:{port}")
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        side = Path(folder)
        (side / "secrets").symlink_to(home / "secrets")
        app = storage.embedded_address(home, DatabaseRole.APP)
        environment = {
            **os.environ,
            "YIWANG_HOME": folder,
            "YIWANG_SOURCE_HOSTS": f"{host}:{port}",
            "DATABASE_URL": f"postgresql://{app.user}:{app.password}@/{app.name}?host={app.host}"
            + (f"&port={app.port}" if app.port else ""),
        }
        command = [sys.executable, "-m", "yiwang.foundation.datasources.runner"]
        process = subprocess.Popen(command, env=environment)
        try:
            while not socket_of(side).exists():
                time.sleep(0.05)
            plain, given, read = asyncio.run(_compare(side, address))
        finally:
            process.terminate()
            process.wait(20)
    return [
        Measurement("query: plain driver, 1,000 rows", round(plain * 1000, 2), "ms"),
        _beside("query: answer to hand on, 1,000 rows", given, plain, gate=True),
        _beside("query: answer read into values, 1,000 rows", read, plain, gate=False),
    ]


def _beside(name: str, ours: float, plain: float, *, gate: bool) -> Measurement:
    ratio = round(plain / ours, 3)
    words = (f">= {GATE}", ratio >= GATE) if gate else ("", None)
    return Measurement(name, round(ours * 1000, 2), "ms", "the plain driver", ratio, *words)


def _publish(address: str, host: str) -> None:
    from django.conf import settings

    settings.SOURCE_HOSTS = [host]
    officer, at = sample.officer("bench"), now()
    source = actions.register_source(
        label="示例登记库", kind=SourceKind.POSTGRES, department=sample.DEPARTMENT,
        division_code=sample.DIVISION, address=address, actor=officer, at=at,
    )  # fmt: skip
    actions.propose_query(source=source.key, published=BODY, actor=officer, at=at)


async def _compare(home: Path, address: str) -> tuple[float, float, float]:
    """The median time of one answer each way; rounds take turns, so that a busy moment hits all."""
    asker = Asker(home)
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:

        async def plain(batch: int) -> int:
            cursor = await connection.execute(_PLAIN, [batch])
            return len(await cursor.fetchall())

        async def given(batch: int) -> int:
            return (await asker.ask(name=BODY.name, parameters={"batch": batch})).count

        async def read(batch: int) -> int:
            return len((await asker.ask(name=BODY.name, parameters={"batch": batch})).rows)

        ways = (plain, given, read)
        times: dict[str, list[float]] = {way.__name__: [] for way in ways}
        for _ in range(ROUNDS):
            for way in ways:
                times[way.__name__] += await _times(way)
    await asker.close()
    plain_s, given_s, read_s = (statistics.median(times[way.__name__]) for way in ways)
    return plain_s, given_s, read_s


async def _times(way: Callable[[int], Awaitable[int]]) -> list[float]:
    found = []
    for batch in range(QUESTIONS):
        began = time.perf_counter()
        if await way(batch) != ROWS:
            raise RuntimeError(f"{way} did not give {ROWS} rows")
        found.append(time.perf_counter() - began)
    return found
