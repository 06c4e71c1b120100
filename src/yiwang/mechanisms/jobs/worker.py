"""A worker process: one pool per queue class in one loop; a stop waits 30 s, then hands back."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from typing import Any, Final

import psycopg
from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from yiwang.kernel import moments
from yiwang.mechanisms.jobs import execution
from yiwang.mechanisms.jobs.definitions import QUEUES, STALLED_AFTER_SECONDS, WAITED_FOR

log = logging.getLogger(__name__)

GRACE_SECONDS: Final = 25.0
AWAY_SECONDS: Final = 2.0


#: By the words of ``jobs_urgent_waiting``.
_IS_WAITING: Final = """
SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'urgent'
    AND (scheduled_at IS NULL OR scheduled_at <= now())) AS waits
"""


class Ledger(JobManager):
    """Writes down what a job came to, however long the database is away.

    A result nobody wrote would leave the job running for ever in everybody's eyes, and its living
    worker would keep the reaper from it.
    """

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The library walks past every waiting job of other queues to find that there is none of
        its own; for what somebody waits for an index of its own says so at once."""
        if list(queues or ()) == list(WAITED_FOR):
            row = await self.connector.execute_query_one_async(_IS_WAITING)
            if not row["waits"]:
                return None
        return await super().fetch_job(queues, worker_id)

    async def finish_job(self, *given: Any, **named: Any) -> None:
        await _until_written(lambda: super(Ledger, self).finish_job(*given, **named))

    async def retry_job(self, *given: Any, **named: Any) -> None:
        await _until_written(lambda: super(Ledger, self).retry_job(*given, **named))


async def _until_written(write: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await write()
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.OperationalError):
                raise
            log.warning("the database is away, a job's result waits to be written")
            await asyncio.sleep(AWAY_SECONDS)


def work(queues: Collection[str] = tuple(QUEUES)) -> None:
    """Serve some queues until a stop signal; registered tasks must have been imported before."""
    execution.as_library_tasks(_run_one)
    asyncio.run(_work_queues(queues))


def _run_one(context: JobContext, **_: Any) -> None:
    close_old_connections()  # the one of the job before may have died with the database
    execution.run(context.job, at=moments.now())


async def _work_queues(queues: Collection[str]) -> None:
    connector: Any = app.connector
    worker_app = app.with_connector(connector.get_worker_connector())
    worker_app.job_manager = Ledger(worker_app.connector)
    async with worker_app.open_async():
        await _serve(
            [
                worker_app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=concurrency,
                    fetch_job_polling_interval=2.0,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    stalled_worker_timeout=STALLED_AFTER_SECONDS,
                    install_signal_handlers=False,
                )
                for queue, concurrency in QUEUES.items()
                if queue in queues
            ]
        )


async def _serve(pools: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Until a stop signal, or until one pool ends by itself: then all do, and the supervisor
    starts the process again. A pool that lost the database would leave its queue unserved."""
    running = [asyncio.ensure_future(pool) for pool in pools]

    def stop() -> None:
        for pool in running:
            pool.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    stop()
    for outcome in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
