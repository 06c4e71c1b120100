"""A worker process: one pool per queue class in one loop; a stop waits 30 s, then hands back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Collection
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from yiwang.kernel import moments
from yiwang.mechanisms.jobs import execution
from yiwang.mechanisms.jobs.definitions import QUEUES, STALLED_AFTER_SECONDS

GRACE_SECONDS = 25.0


def work(queues: Collection[str] = tuple(QUEUES)) -> None:
    """Serve some queues until a stop signal; registered tasks must have been imported before."""
    execution.as_library_tasks(_run_one)
    asyncio.run(_work_queues(queues))


def _run_one(context: JobContext, **_: Any) -> None:
    execution.run(context.job, at=moments.now())


async def _work_queues(queues: Collection[str]) -> None:
    connector: Any = app.connector
    worker_app = app.with_connector(connector.get_worker_connector())
    async with worker_app.open_async():
        pools = asyncio.gather(
            *(
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
            )
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, pools.cancel)
        try:
            await pools
        except asyncio.CancelledError:
            return
