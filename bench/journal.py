"""The journal: appends a second, seal lag and listener lag under a steady thousand acts a second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from bench.figures import Measurement, at_most, percentile
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.kernel.references import new_key, reference
from yiwang.mechanisms.journal import actions, queries

BENCH = machine("bench")
APPENDS = 3_000
PACE = 1_000
#: Acts of one transaction: a submission writes five entries, too.
TOGETHER = 5
SECONDS = 12
WRITERS = 4
#: What others left to be heard must be heard before: it is not this load's lag.
LONGEST = 300.0


def _append(acts: int = 1) -> None:
    with transaction.atomic():
        for number in range(acts):
            actions.record(
                actor=BENCH,
                act="bench.act",
                subject=reference("bench", new_key()),
                at=now(),
                facts={"n": number},
            )


def _appends_a_second() -> float:
    began = time.monotonic()
    for _ in range(APPENDS):
        _append()
    return APPENDS / (time.monotonic() - began)


def _bare_inserts_a_second() -> float:
    """The peer: one durable one-row transaction a time, same connection, no journal."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (id bigserial PRIMARY KEY, body text)")
        began = time.monotonic()
        for _ in range(APPENDS):
            with transaction.atomic():
                cursor.execute("INSERT INTO bare (body) VALUES (%s)", ["x" * 400])
        return APPENDS / (time.monotonic() - began)


def _write_steadily(number: int, began: float) -> None:
    """One of the writers: its share of PACE, each transaction at its own moment."""
    for turn in range(number, PACE * SECONDS // TOGETHER, WRITERS):
        time.sleep(max(0.0, began + turn * TOGETHER / PACE - time.monotonic()))
        _append(TOGETHER)
    connection.close()


def _wait_until_heard() -> None:
    end = time.monotonic() + LONGEST
    while queries.seal_lag(at=now()).waiting or any(
        lag.waiting for lag in queries.listener_lags(at=now())
    ):
        if time.monotonic() > end:
            raise RuntimeError("listeners are not idle")
        time.sleep(0.2)


def _lags_under_load() -> tuple[list[float], list[float], float]:
    """Sealing lags, listeners' lags, and the acts a second that were really reached."""
    sealing: list[float] = []
    hearing: list[float] = []
    began = time.monotonic()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(_write_steadily, n, began) for n in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            sealing.append(queries.seal_lag(at=now()).oldest_seconds)
            hearing.append(
                max((lag.oldest_seconds for lag in queries.listener_lags(at=now())), default=0.0)
            )
            time.sleep(0.05)
        for writer in writers:
            writer.result()
        reached = PACE * SECONDS / (time.monotonic() - began)
    return sealing, hearing, reached


def measure() -> list[Measurement]:
    """Runs beside the installation's own sealer, which is what is measured."""
    bare, appends = _bare_inserts_a_second(), _appends_a_second()
    _wait_until_heard()
    sealing, hearing, reached = _lags_under_load()
    return [
        Measurement(
            "journal appends, one connection, durable",
            round(appends),
            "1/s",
            "bare one-row durable inserts on the same connection",
            round(appends / bare, 2),
        ),
        Measurement(
            "journal acts a second while the lag was looked at",
            round(reached),
            "1/s",
            f"{PACE} 1/s",
            round(reached / PACE, 2),
            f">= {PACE * 0.95:g} 1/s",
            reached >= 0.95 * PACE,
        ),
        at_most(f"journal seal lag at {PACE} acts/s, worst seen", max(sealing), "s", 1.0),
        Measurement(
            f"journal listener lag at {PACE} acts/s, p95", round(percentile(hearing, 0.95), 3), "s"
        ),
    ]
