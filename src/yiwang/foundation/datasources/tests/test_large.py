"""Large answers of a query service: some rows at a time, from every kind of source, to whoever listens."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
from contextlib import aclosing
from dataclasses import replace

import duckdb
import pytest
from django.db import connection

from yiwang.foundation.datasources import actions, sample
from yiwang.foundation.datasources.definitions import (
    CannotPublishQuery,
    Field,
    FieldType,
    Operator,
    Outcome,
    Parameter,
    SourceKind,
)
from yiwang.foundation.datasources.runner import large
from yiwang.foundation.datasources.tests.test_asking import department_base as department_base
from yiwang.foundation.datasources.tests.test_asking import run

pytestmark = pytest.mark.django_db(transaction=True)
AT = sample.AT
MANY = 20_000
QUERY = sample.query(
    "people",
    table="people",
    fields=(
        Field("no", "no", "号", FieldType.TEXT),
        Field("born", "born", "出生日期", FieldType.DATE),
        Field("fee", "fee", "金额", FieldType.DECIMAL),
        Field("n", "n", "数", FieldType.INTEGER),
        Field("alive", "alive", "在世", FieldType.YES_NO),
    ),
    parameters=(
        Parameter("n", "从", FieldType.INTEGER, "n", operator=Operator.AT_LEAST, required=False),
    ),
    order=("n",),
    large=100_000,
)


def row_of(number):
    return {
        "no": f"{number:06d}",
        "born": "1990-01-01",
        "fee": f"{number}.25",
        "n": number,
        "alive": number % 2 == 0,
    }


def in_sqlite(folder):
    with sqlite3.connect(folder / "people.db") as db:
        db.execute("CREATE TABLE people (no TEXT, born DATE, fee REAL, n INTEGER, alive BOOL)")
        rows = [tuple(row_of(n).values()) for n in range(1, MANY + 1)]
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
    return SourceKind.SQLITE, f"{sample.DEPARTMENT}/people.db"


def in_parquet(folder):
    with duckdb.connect() as db:
        found = db.sql(
            "SELECT format('{:06d}', i) AS no, DATE '1990-01-01' AS born,"
            " CAST(i + 0.25 AS DECIMAL(12, 2)) AS fee, i AS n, i % 2 = 0 AS alive"
            " FROM range(1, 20001) t(i)"
        )
        found.write_parquet(str(folder / "people.parquet"))
    return SourceKind.PARQUET, f"{sample.DEPARTMENT}/people.parquet"


@pytest.fixture
def officer():
    return sample.officer("zhang")


@pytest.fixture
def folder(tmp_path, settings):
    settings.SOURCE_FOLDER = str(tmp_path)
    (tmp_path / sample.DEPARTMENT).mkdir()
    return tmp_path


def published(officer, kind, address, body):
    source = actions.register_source(
        label="人员库（示例）", kind=kind, department=sample.DEPARTMENT,
        division_code=sample.DIVISION, address=address, actor=officer, at=AT,
    )  # fmt: skip
    return actions.propose_query(source=source.key, published=body, actor=officer, at=AT)


def sqlite(officer, folder, **changes):
    kind, address = in_sqlite(folder / sample.DEPARTMENT)
    published(officer, kind, address, replace(QUERY, **changes))


async def all_of(asker, **more):
    """Every row that came, and the last piece."""
    given = {"name": "people", "parameters": {}, "pause": 30.0, **more}
    text, last, pieces = b"", None, 0
    async with aclosing(asker.large(**given)) as found:
        async for piece in found:
            text, last, pieces = text + piece.body, piece, pieces + 1
    rows = [json.loads(line) for line in text.splitlines()]
    return rows, last, pieces


@pytest.mark.parametrize("made", [in_sqlite, in_parquet])
def test_every_row_of_a_file_comes_in_order_and_counted(officer, folder, made):
    kind, address = made(folder / sample.DEPARTMENT)
    table = "people" if kind is SourceKind.SQLITE else "data"
    published(officer, kind, address, replace(QUERY, table=table))
    rows, last, pieces = run(all_of, folder=str(folder))
    assert rows == [row_of(n) for n in range(1, MANY + 1)]
    assert (last.outcome, last.count, last.more) == (Outcome.FOUND, MANY, False)
    assert pieces > MANY / 500  # none held all of it


def test_every_row_of_a_csv(officer):
    source = sample.uploaded(actor=officer)
    body = sample.query(parameters=(), large=5_000, rows=1000, fields=sample.query().fields[:1])
    actions.propose_query(source=source.key, published=body, actor=officer, at=AT)

    async def story(asker):
        return await all_of(asker, name="market-licence")

    rows, last, _pieces = run(story)
    assert [row["licence_no"] for row in rows] == [f"LZ{n:06d}" for n in range(1, 1201)]
    assert last.as_of == "2026-03-02T01:00:00+00:00"


def of_postgres(officer, settings, department_base, **changes):
    address, host = department_base
    settings.SOURCE_HOSTS = [host]
    published(officer, SourceKind.POSTGRES, address, replace(QUERY, table="dept.people", **changes))
    return {"hosts": frozenset([host])}


def test_every_row_of_a_postgresql_by_a_cursor_of_its_own(officer, settings, department_base):
    given = of_postgres(officer, settings, department_base)
    rows, last, pieces = run(all_of, **given)
    assert rows == [row_of(n) | {"alive": True} for n in range(1, 3_001)]
    assert (last.count, last.more) == (3_000, False)
    assert pieces >= 6


def test_of_a_type_postgresql_writes_otherwise_each_value_is_looked_at(
    officer, settings, department_base
):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dept.people ALTER fee TYPE double precision")
    given = of_postgres(officer, settings, department_base)
    rows, _last, _pieces = run(all_of, **given)
    assert rows[6] == row_of(7) | {"alive": True}


def test_no_more_rows_than_declared_and_it_says_that_there_are(officer, folder):
    sqlite(officer, folder, large=1_200, rows=1_000)
    rows, last, _pieces = run(all_of, folder=str(folder))
    assert (len(rows), last.count, last.more) == (1_200, 1_200, True)


def test_parameters_and_fields_count_as_in_a_question(officer, folder):
    sqlite(officer, folder)

    async def story(asker):
        few = await all_of(asker, parameters={"n": MANY - 1}, at_most=["n"])
        none = await all_of(asker, parameters={"n": MANY * 2})
        wrong = await all_of(asker, parameters={"n": "x"})
        return few, none, wrong

    few, none, wrong = run(story, folder=str(folder))
    assert few[0] == [{"n": MANY - 1}, {"n": MANY}]
    assert (none[0], none[1].outcome) == ([], Outcome.NOT_FOUND)
    assert wrong[1].refusal["code"] == "QueryRefused"


def test_a_query_that_declares_none_has_none(officer, folder):
    sqlite(officer, folder, large=0)
    _rows, last, _pieces = run(all_of, folder=str(folder))
    assert (last.outcome, last.refusal["code"]) == (Outcome.REFUSED, "NoLargeAnswer")


def test_a_value_of_another_type_in_the_middle_ends_it(officer, folder):
    sqlite(officer, folder)
    with sqlite3.connect(folder / sample.DEPARTMENT / "people.db") as db:
        db.execute("UPDATE people SET born = 'unknown' WHERE n = 9000")
    rows, last, _pieces = run(all_of, folder=str(folder))
    assert 0 < len(rows) < 9_000
    assert last.refusal["code"] == "NotAsDeclared"


def test_one_at_a_time_and_the_others_questions_are_answered_beside_it(officer, folder):
    sqlite(officer, folder)

    async def story(asker):
        async with aclosing(asker.large(name="people", parameters={}, pause=30.0)) as slow:
            assert (await anext(slow)).outcome is Outcome.FOUND
            _rows, second, _pieces = await all_of(asker)
            beside = await asker.ask(name="people", parameters={"n": MANY - 5})
            rest = [piece async for piece in slow]
        return second, beside, rest[-1]

    second, beside, last = run(story, folder=str(folder))
    assert second.outcome is Outcome.AWAY
    assert beside.count == 6
    assert (last.count, last.outcome) == (MANY, Outcome.FOUND)


def children():
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "datasources.runner.child"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return set(found.stdout.split())


def test_whoever_leaves_ends_the_child_and_frees_the_place(officer, folder):
    sqlite(officer, folder)

    async def story(asker):
        async with aclosing(asker.large(name="people", parameters={}, pause=30.0)) as leaves:
            await anext(leaves)
            working = children()
        async with asyncio.timeout(20):
            while working & children():
                await asyncio.sleep(0.05)
        return await all_of(asker)

    rows, _last, _pieces = run(story, folder=str(folder))
    assert len(rows) == MANY


def test_a_whole_process_has_a_limit(officer, folder, monkeypatch):
    monkeypatch.setattr(large, "AT_ONCE", 0)
    sqlite(officer, folder)
    _rows, last, _pieces = run(all_of, folder=str(folder))
    assert last.outcome is Outcome.AWAY


@pytest.mark.parametrize(
    "changes",
    [{"large": -1}, {"large": 999}, {"large": 1_000_001}, {"sql": "SELECT 1", "large": 5}],
)
def test_what_is_declared_has_bounds(officer, folder, changes):
    with pytest.raises(CannotPublishQuery):
        sqlite(officer, folder, **changes)


def test_only_a_query_has_large_answers(officer):
    source = sample.uploaded(actor=officer)
    with pytest.raises(CannotPublishQuery):
        actions.propose_query(
            source=source.key, published=sample.verification(large=5_000), actor=officer, at=AT
        )
