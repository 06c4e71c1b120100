"""Submissions while something bad happens; afterwards every receipt is exactly one case."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

PEOPLE, CONNECTIONS, PACE = 240, 4, 6
#: So many disturbances and no more: what is killed for ever again never starts.
MOST = 12
#: A killed worker's job is handed back after 120 s without a sign of life.
UNTIL_DECIDED = 240.0


def weather(outcome: Outcome, place: Installation, disturb: Callable[[], str]) -> None:
    """Hand in at a steady pace while ``disturb`` is called up to MOST times; then look."""
    crowd = province.people(place, PEOPLE)
    stop, events = threading.Event(), []

    def trouble() -> None:
        while not stop.is_set() and len(events) < MOST:
            events.append(disturb())

    troubling = threading.Thread(target=trouble)
    troubling.start()
    began = time.monotonic()

    def one(number: int) -> tuple[str, int]:
        time.sleep(max(0.0, began + number / PACE - time.monotonic()))
        return province.submit_until_received(place, crowd[number])

    try:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            receipts = list(pool.map(one, range(PEOPLE)))
    finally:
        stop.set()
        troubling.join()
    outcome.count(
        submissions=PEOPLE,
        tries=sum(tries for _, tries in receipts),
        disturbances=len(events),
        **{f"of_{kind}": events.count(kind) for kind in sorted(set(events))},
    )
    seconds = place.wait_until_ready(seconds=60)
    outcome.claim("ready again within 60 s", seconds < 60)
    _look(outcome, place, [case for case, _ in receipts], [one.draft for one in crowd])


def _look(outcome: Outcome, place: Installation, receipts: list[str], drafts: list[str]) -> None:
    with place.connect() as connection:
        (there,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE key = ANY(%s)", [receipts]
        ).fetchone()
        (cases, distinct) = connection.execute(
            "SELECT count(*), count(DISTINCT draft_key) FROM cases_case WHERE draft_key = ANY(%s)",
            [drafts],
        ).fetchone()
        outcome.claim(f"each of {len(receipts)} receipts has its case", there == len(receipts))
        outcome.claim(
            "each draft became exactly one case",
            cases == distinct == len(drafts) == len(set(receipts)),
        )
        began = time.monotonic()
        while (left := _undecided(connection, receipts)) and (
            time.monotonic() - began < UNTIL_DECIDED
        ):
            time.sleep(1)
        outcome.count(seconds_until_all_were_handled=round(time.monotonic() - began))
        outcome.claim("no case is left where nobody looks at it", left == 0)
    time.sleep(2)
    outcome.claim("the journal verifies", province.journal_verifies(place))


def _undecided(connection: object, receipts: list[str]) -> int:
    (left,) = connection.execute(  # type: ignore[attr-defined]
        "SELECT count(*) FROM cases_case WHERE key = ANY(%s) AND state = 'SUBMITTED'", [receipts]
    ).fetchone()
    return int(left)
