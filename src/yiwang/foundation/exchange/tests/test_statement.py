"""The receipts' one statement: libpq's protocol with one reader in the loop."""

from __future__ import annotations

import asyncio
import json
import time

import psycopg
import pytest
import uvloop
from psycopg import errors

from yiwang.foundation.exchange.fastpath import receipts
from yiwang.foundation.exchange.fastpath.statement import Statement
from yiwang.foundation.exchange.tests import running

pytestmark = pytest.mark.django_db(transaction=True)


def with_a_statement(kinds, text, visit):
    """What ``visit(statement, connection)`` returns."""

    async def run():
        connection = await receipts.connect(running.conninfo())
        statement = await Statement.prepare(connection, kinds, text)
        try:
            async with asyncio.timeout(20):
                return await visit(statement, connection)
        finally:
            statement.close()
            await connection.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def test_it_gives_its_rows_again_and_again():
    async def visit(statement, _connection):
        return [await statement.run(b"%d" % turn, seconds=5) for turn in (2, 0, 1)]

    text = "SELECT n, 'n' || n, NULL FROM generate_series(1, $1) AS n"
    assert with_a_statement("int", text, visit) == [
        [[b"1", b"n1", b""], [b"2", b"n2", b""]],
        [],
        [[b"1", b"n1", b""]],
    ]


def test_more_than_fits_at_once_goes_out():
    async def visit(statement, _connection):
        given = json.dumps(["x" * 1_000] * 20_000).encode()
        return await statement.run(given, seconds=15)

    assert with_a_statement("json", "SELECT json_array_length($1)", visit) == [[b"20000"]]


def test_an_error_is_told_and_nothing_is_asked_after_it():
    async def visit(statement, _connection):
        with pytest.raises(errors.DivisionByZero):
            await statement.run(b"0", seconds=5)
        with pytest.raises(psycopg.OperationalError):
            await statement.run(b"1", seconds=5)
        return "told"

    assert with_a_statement("int", "SELECT 1 / $1", visit) == "told"


def test_no_answer_in_time_is_an_error():
    async def visit(statement, _connection):
        with pytest.raises(TimeoutError):
            await statement.run(b"3", seconds=0.2)
        return "told"

    assert with_a_statement("int", "SELECT pg_sleep($1)", visit) == "told"


def test_a_lost_database_is_an_error_whether_anybody_waits_or_not():
    async def ended(connection):
        async with await receipts.connect(running.conninfo()) as other:
            await other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

    async def visit(statement, connection):
        began = time.monotonic()
        waiting = asyncio.create_task(statement.run(b"10", seconds=15))
        await asyncio.sleep(0.1)
        await ended(connection)
        with pytest.raises(psycopg.OperationalError):
            await waiting
        assert time.monotonic() < began + 8  # heard, not waited for
        return "told"

    async def visit_idle(statement, connection):
        await ended(connection)
        await asyncio.sleep(0.2)
        with pytest.raises(psycopg.OperationalError):
            await statement.run(b"0", seconds=5)
        return "told"

    assert with_a_statement("int", "SELECT pg_sleep($1)", visit) == "told"
    assert with_a_statement("int", "SELECT pg_sleep($1)", visit_idle) == "told"
