"""Submissions and decisions while something bad happens; afterwards everything is there, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.installation import Installation
from trial import desk, province
from trial.outcome import Outcome

CONNECTIONS = 4
#: How long nothing at all may move before we stop waiting: a killed worker's job is handed back
#: after two minutes, and its pauses grow with each kill.
PATIENCE = 1800.0

#: What must exist once: the statement counts what exists more often.
ONCE = {
    "no case was decided twice": "SELECT count(*) FROM (SELECT FROM journal_entry"
    " WHERE act = 'cases.case_decided' GROUP BY subject HAVING count(*) > 1) t",
    "no case was closed twice": "SELECT count(*) FROM (SELECT FROM journal_entry"
    " WHERE act = 'cases.case_closed' GROUP BY subject HAVING count(*) > 1) t",
    "no letter was written twice": "SELECT count(*) FROM (SELECT FROM letters_letter"
    " GROUP BY subject, kind HAVING count(*) > 1) t",
    "no benefit was granted twice": "SELECT count(*) FROM (SELECT FROM entitlements_entitlement"
    ' GROUP BY "case" HAVING count(*) > 1) t',
    "nobody was told twice": "SELECT count(*) FROM (SELECT FROM messages_message"
    " GROUP BY recipient, subject, template HAVING count(*) > 1) t",
    "no number was given twice": "SELECT count(*) FROM (SELECT FROM cases_case"
    " GROUP BY case_no HAVING count(*) > 1) t",
    "no job died": "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('failed', 'aborted')",
    "no fact was set aside": "SELECT count(*) FROM journal_parked_subject",
}
_UNFINISHED = (
    "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
    " + (SELECT count(*) FROM journal_pending)"
    " + (SELECT coalesce(sum(last.position - c.position), 0) FROM journal_checkpoint c,"
    "    (SELECT coalesce(max(position), 0) AS position FROM journal_link) last)"
)


def weather(
    outcome: Outcome,
    place: Installation,
    disturb: Callable[[], str],
    *,
    people: int,
    decisions: int = 0,
    disturbances: int,
    a_second: float = 6.0,
) -> None:
    """Hand in at a steady pace, the last ``decisions`` of it for officials to decide, while
    ``disturb`` is called so many times and no more: what is killed for ever never starts."""
    crowd = province.people(place, people)
    events: list[str] = []

    received, counting = 0, threading.Lock()
    office = desk.Office(place, province.staff(place) if decisions else [])

    def trouble() -> None:
        """Spread over all that is done, however slow the machine: the last comes near the end."""
        while len(events) < disturbances:
            done = (received + len(office.decided)) / (people + decisions)
            if done * disturbances >= len(events):
                events.append(disturb())
            else:
                time.sleep(0.2)

    began = time.monotonic()

    def one(number: int) -> tuple[str, int]:
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        for_office = number >= people - decisions
        case, tries = province.submit_until_received(place, crowd[number], by_person=for_office)
        with counting:
            nonlocal received
            received += 1
        if for_office:
            office.put(case, approve=number % 10 != 0)
        return case, tries

    troubling = threading.Thread(target=trouble)
    troubling.start()
    with ThreadPoolExecutor(CONNECTIONS) as pool, office:
        receipts = list(pool.map(one, range(people)))
        office.wait_until_all_is_decided()
        troubling.join()
    outcome.count(
        submissions=people,
        tries=sum(tries for _, tries in receipts),
        disturbances=len(events),
        **{f"of_{kind}": events.count(kind) for kind in sorted(set(events))},
        **({"decisions": len(office.decided), "decision_tries": office.tries} if decisions else {}),
    )
    seconds = place.wait_until_ready(seconds=300)
    outcome.count(seconds_until_ready=round(seconds))
    look(outcome, place, [case for case, _ in receipts], [one.draft for one in crowd])
    if decisions:
        desk.look(outcome, place, office)


def look(outcome: Outcome, place: Installation, receipts: list[str], drafts: list[str]) -> None:
    """Every receipt one case, every draft one case, nothing doubled, nothing left lying, sealed."""
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
        seconds, left = _until_quiet(connection)
        outcome.count(seconds_until_quiet=round(seconds))
        outcome.claim("all work was done in the end", left == 0)
        (waiting,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE key = ANY(%s) AND state = 'SUBMITTED'",
            [receipts],
        ).fetchone()
        outcome.claim("no case is left where nobody looks at it", waiting == 0)
        for sentence, statement in ONCE.items():
            (count,) = connection.execute(statement).fetchone()
            outcome.claim(sentence, count == 0)
    outcome.claim("the journal verifies", province.journal_verifies(place))


def _until_quiet(connection: psycopg.Connection) -> tuple[float, int]:
    """Until no job, no unsealed entry and no unheard fact is left, or nothing moves any more."""
    began = moved = time.monotonic()
    before = -1
    while True:
        (left,) = connection.execute(_UNFINISHED).fetchone()
        now = time.monotonic()
        if left == 0 or now - moved > PATIENCE:
            return now - began, int(left)
        if left != before:
            before, moved = left, now
        time.sleep(0.5)
