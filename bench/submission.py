"""Handing in: the whole path by HTTP, what it costs, how it compares, and how soon the result is there."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from bench import elders, peer, processes
from bench.elders import Ready
from bench.figures import Measurement, at_most, percentile

WARM_UP = 24
COUNT = 200
CONNECTIONS = 4
PACE, SECONDS, PACERS = 20, 15, 12
#: Everything that follows a submission must be done within this time, or the run is no run.
LONGEST = 180.0

_here = threading.local()


def measure() -> list[Measurement]:
    """The cost with everything else held still, then the pace with everything running."""
    everybody = elders.ready(WARM_UP + COUNT + PACE * SECONDS)
    warm, counted, paced = (
        everybody[:WARM_UP],
        everybody[WARM_UP : WARM_UP + COUNT],
        everybody[WARM_UP + COUNT :],
    )
    _hand_in_all(warm)
    _wait_until_nothing_waits()
    with processes.held_still("worker", "errands", "sealer", "clock"):
        spent, seconds = processes.used_by(lambda: _hand_in_all(counted))
        last = peer.measure(table="cases_case", column="key", value=_newest_case())
    after, _ = processes.used_by(_wait_until_nothing_waits)
    rate = COUNT / seconds
    total = (spent.web + spent.database) / COUNT
    return [
        Measurement("submission, web processes' CPU", round(spent.web / COUNT, 2), "ms"),
        Measurement("submission, PostgreSQL's CPU", round(spent.database / COUNT, 2), "ms"),
        at_most("submission, CPU in all until the receipt", total, "ms", 12.0),
        Measurement(
            f"submissions by HTTP, {CONNECTIONS} connections, durable",
            round(rate, 1),
            "1/s",
            f"pgbench writing the same {last.rows} rows in {last.tables} tables, pipelined:"
            f" {last.rate:.0f} 1/s",
            round(rate / last.rate, 4),
        ),
        Measurement(
            "what follows a submission, CPU until the decision",
            round(after.worker / COUNT, 2),
            "ms",
        ),
        Measurement(
            "what follows a submission, CPU for letters, PDF and messages",
            round(after.errands / COUNT, 2),
            "ms",
        ),
        Measurement(
            "what follows a submission, sealer's and listeners' CPU",
            round(after.sealer / COUNT, 2),
            "ms",
        ),
        Measurement(
            "what follows a submission, PostgreSQL's CPU", round(after.database / COUNT, 2), "ms"
        ),
        *_to_result(paced),
    ]


def _hand_in_all(people: Sequence[Ready]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(hand_in, people))


def hand_in(one: Ready) -> str:
    """POST one draft over this thread's own connection; the case's key."""
    client = getattr(_here, "client", None)
    if client is None:
        client = _here.client = http.client.HTTPConnection(
            "127.0.0.1", int(os.environ["PORT"]), timeout=30
        )
    client.request(
        "POST",
        f"/api/v1/drafts/{one.draft}/submit",
        headers={
            "Authorization": f"Bearer {one.token}",
            "Idempotency-Key": f"bench-{one.draft}",
            "Content-Length": "0",
        },
    )
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:300]!r}")
    key: str = json.loads(body)["case_key"]
    return key


def _to_result(people: Sequence[Ready]) -> list[Measurement]:
    """Each at its own moment; from that moment until the closed case is seen in the database."""
    began = time.monotonic() + 0.5
    due: dict[str, float] = {}
    seen: dict[str, float] = {}

    def one(number: int) -> None:
        at = began + number / PACE
        time.sleep(max(0.0, at - time.monotonic()))
        due[hand_in(people[number])] = at

    with ThreadPoolExecutor(PACERS) as pool:
        sent = [pool.submit(one, number) for number in range(len(people))]
        end = began + SECONDS + LONGEST
        while len(seen) < len(people) and time.monotonic() < end:
            _look(due, seen)
            time.sleep(0.01)
            for done in sent:
                if done.done():
                    done.result()
    waits = [(seen[key] - due[key]) * 1000 for key in seen]
    missing = len(people) - len(waits)
    if missing:
        raise RuntimeError(f"{missing} of {len(people)} had no result in time")
    return [
        Measurement(
            f"submission to result at {PACE}/s, p50", round(percentile(waits, 0.5), 1), "ms"
        ),
        at_most(f"submission to result at {PACE}/s, p95", percentile(waits, 0.95), "ms", 500.0),
    ]


def _look(due: dict[str, float], seen: dict[str, float]) -> None:
    waiting = [key for key in list(due) if key not in seen]
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM cases_case WHERE key = ANY(%s) AND state = 'CLOSED'", [waiting]
        )
        now = time.monotonic()
        for (key,) in cursor.fetchall():
            seen[key] = now


def _newest_case() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM cases_case ORDER BY id DESC LIMIT 1")
        return str(cursor.fetchone()[0])


def _wait_until_nothing_waits() -> None:
    """No due job, nothing unsealed, every listener at the end."""
    end = time.monotonic() + LONGEST
    while _waiting():
        if time.monotonic() > end:
            raise RuntimeError("what follows a submission is not done in time")
        time.sleep(0.2)


def _waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing' OR"
            "  (status = 'todo' AND coalesce(scheduled_at, now()) <= now()))"
            " OR EXISTS (SELECT FROM journal_pending)"
            " OR EXISTS (SELECT FROM journal_checkpoint WHERE position <"
            "  (SELECT coalesce(max(position), 0) FROM journal_link))"
        )
        return bool(cursor.fetchone()[0])
