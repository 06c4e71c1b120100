"""The worker when the database goes away under it: nothing stays running, no queue unserved."""

import asyncio

import psycopg
import pytest
from django.db import connection
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from yiwang.mechanisms.jobs import registry, worker


class Away:
    """A connector that fails so many times, then notes what it was asked to write."""

    def __init__(self, times: int, cause: psycopg.Error) -> None:
        self.times, self.cause, self.written = times, cause, []

    async def execute_query_async(self, query: str, **arguments: object) -> None:
        self.times -= 1
        if self.times >= 0:
            raise ConnectorException from self.cause
        self.written.append(arguments["job_id"])


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(worker, "AWAY_SECONDS", 0.0)


def a_job(name="test.worker"):
    return Job(
        id=7, queue="normal", lock=None, queueing_lock=None, task_name=name, status="doing",
        task_kwargs={},
    )  # fmt: skip


def test_what_a_job_came_to_is_written_when_the_database_is_back():
    away = Away(2, psycopg.OperationalError("gone"))
    asyncio.run(worker.Ledger(away).finish_job(a_job(), Status.SUCCEEDED, delete_job=False))
    asyncio.run(worker.Ledger(away).retry_job(a_job()))
    assert away.written == [7, 7]


def test_what_the_database_refuses_is_not_tried_for_ever():
    away = Away(2, psycopg.errors.RaiseException("not doing"))
    with pytest.raises(ConnectorException):
        asyncio.run(worker.Ledger(away).finish_job(a_job(), Status.SUCCEEDED, delete_job=False))


def test_when_one_pool_ends_the_process_ends():
    """It lost the database and stopped; its queue once waited while the other pools went on."""
    ended = []

    async def endless():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("endless")

    async def ends():
        await asyncio.sleep(0)

    async def breaks():
        raise ConnectorException

    asyncio.run(worker._serve([endless(), ends()]))
    assert ended == ["endless"]
    with pytest.raises(ConnectorException):
        asyncio.run(worker._serve([endless(), breaks()]))


@pytest.mark.django_db(transaction=True)
def test_a_job_gets_a_living_connection_after_the_database_was_restarted(monkeypatch):
    seen = []

    @registry.task("test.worker")
    def look(*, actor, at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            seen.append(cursor.fetchone())

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = psycopg.connect(**_address(), autocommit=True)
    other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])  # until it is gone
    other.close()
    worker._run_one(type("Context", (), {"job": a_job()}))
    assert seen == [(1,)]


def _address():
    given = connection.get_connection_params()
    return {
        name: given[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in given
    }
