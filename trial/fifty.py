"""One submission fifty times at once, with one key and with fifty: one case, one number."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome
from trial.province import Person

TIMES = 50


def run() -> Outcome:
    """By HTTP, each on a connection of its own."""
    outcome = Outcome("fifty")
    with province.province() as place:
        same, different = province.people(place, 2)
        _try(outcome, place, same, [f"trial-{same.draft}"] * TIMES, "one key")
        _try(outcome, place, different, [f"trial-{n:04d}-key" for n in range(TIMES)], "fifty keys")
    return outcome


def _until_answered(place: Installation, one: Person, key: str) -> tuple[int, bytes]:
    """Whoever is told to come back comes back."""
    while True:
        status, body = province.submit(place, one, key=key)
        if status != 503:
            return status, body
        time.sleep(1)


def _try(outcome: Outcome, place: Installation, one: Person, keys: list[str], how: str) -> None:
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda key: _until_answered(place, one, key), keys))
    statuses = [status for status, _ in answers]
    numbers = {json.loads(body)["case_no"] for status, body in answers if status == 200}
    with place.connect() as connection:
        (cases,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE draft_key = %s", [one.draft]
        ).fetchone()
    name = how.replace(" ", "_")
    outcome.count(**{f"{name}_{status}": statuses.count(status) for status in set(statuses)})
    outcome.claim(f"{how}: one case", cases == 1)
    outcome.claim(f"{how}: one number on every receipt", len(numbers) == 1)
    outcome.claim(f"{how}: nothing failed", all(200 <= status < 500 for status in statuses))
