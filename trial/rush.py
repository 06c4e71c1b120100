"""Ten times the usual number of people hand in for five minutes; others only read."""

from __future__ import annotations

import heapq
import http.client
import json
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.installation import Installation
from trial import province, storm
from trial.outcome import Outcome
from trial.province import Person

#: Usually 20 a second (``bench``: submission to result); ten times that for five minutes.
A_SECOND, SECONDS, PEOPLE = 200, 300, 2_000
CONNECTIONS, READERS = 160, 4
READ = ("/", "/items/elderly-allowance/", "/items/", "/search/?q=高龄津贴", "/verify/", "/healthz")
PATIENCE = 120.0


@dataclass
class Seen:
    """What came back, noted by many threads."""

    receipts: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    reads_failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def run() -> Outcome:
    """Whoever has a receipt asks for it again: people click twice when it is slow."""
    outcome, seen = Outcome("rush"), Seen()
    with province.province() as place:
        crowd = province.people(place, PEOPLE)
        _rush(place, crowd, seen)
        outcome.count(
            people=PEOPLE,
            acts=seen.answers.total(),
            received_in_the_rush=len(seen.receipts),
            **{f"answered_{kind}": count for kind, count in sorted(seen.answers.items())},
            pages_read=len(seen.reads),
            page_p50_ms=round(statistics.median(seen.reads) * 1000),
            page_p95_ms=round(sorted(seen.reads)[int(0.95 * len(seen.reads))] * 1000),
        )
        for sentence in [*seen.wrong[:5], *seen.reads_failed[:5]]:
            print(f"rush: {sentence}")
        outcome.claim("every act got a receipt, or “busy” and when to come back", not seen.wrong)
        outcome.claim("every public page was shown", not seen.reads_failed)
        receipts = [
            seen.receipts.get(one.draft) or province.submit_until_received(place, one)[0]
            for one in crowd
        ]
        storm.look(outcome, place, receipts, [one.draft for one in crowd])
        outcome.claim("ready afterwards", place.wait_until_ready(seconds=300) < 300)
    return outcome


def _rush(place: Installation, crowd: list[Person], seen: Seen) -> None:
    due = [(0.0, number) for number in range(len(crowd))]
    end = time.monotonic() + SECONDS
    reading = [threading.Thread(target=_read, args=(place, n, end, seen)) for n in range(READERS)]
    for one in reading:
        one.start()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        began, number = time.monotonic(), 0
        while (now := time.monotonic()) < end:
            while number < (now - began) * A_SECOND and due and due[0][0] <= now:
                with seen.lock:
                    _, who = heapq.heappop(due)
                pool.submit(_act, place, crowd[who], who, due, seen)
                number += 1
            time.sleep(0.005)
        pool.shutdown(wait=True, cancel_futures=True)
    for one in reading:
        one.join()


def _act(
    place: Installation, one: Person, who: int, due: list[tuple[float, int]], seen: Seen
) -> None:
    """One try; when it may be tried again goes back into ``due``."""
    wait = 1.0
    try:
        status, headers, said = province.ask(
            place,
            "POST",
            f"/api/v1/drafts/{one.draft}/submit",
            headers={
                "Authorization": f"Bearer {one.token}",
                "Idempotency-Key": f"trial-{one.draft}",
            },
            seconds=PATIENCE,
        )
    except (OSError, http.client.HTTPException) as error:
        status, headers, said = 0, None, repr(error).encode()
    with seen.lock:
        seen.answers[str(status)] += 1
        if status == 200:
            case = json.loads(said)["case_key"]
            if seen.receipts.setdefault(one.draft, case) != case:
                seen.wrong.append(f"two receipts for {one.draft}")
        elif status == 503 and headers is not None and headers["Retry-After"]:
            wait = float(headers["Retry-After"])
        else:
            seen.wrong.append(f"{status} {said[:200]!r}")
        heapq.heappush(due, (time.monotonic() + wait, who))


def _read(place: Installation, first: int, end: float, seen: Seen) -> None:
    number = first
    while time.monotonic() < end:
        path, number, began = READ[number % len(READ)], number + 1, time.monotonic()
        try:
            status = province.ask(place, "GET", province.quoted(path), seconds=PATIENCE)[0]
        except (OSError, http.client.HTTPException) as error:
            status = repr(error)
        with seen.lock:
            seen.reads.append(time.monotonic() - began)
            if status != 200:
                seen.reads_failed.append(f"{path}: {status}")
        time.sleep(0.5)
