"""Nonsense to every address of two exchange processes: its own descriptions, valid in all but a few
places, signed and sealed by the book, and bytes that are no request at all."""

from __future__ import annotations

from trial import counted
from trial.outcome import Outcome

REQUESTS = 40_000
TESTS = "src/yiwang/foundation/exchange/tests/test_fuzzing.py"


def run() -> Outcome:
    """No failure (5xx), no silence, both nodes still answer, and their books are right."""
    outcome = Outcome("exchange_fuzzing")
    found = counted.run(outcome, TESTS, more={"YIWANG_TRIAL_REQUESTS": str(REQUESTS)})
    outcome.count(requests=REQUESTS)
    outcome.claim("no answer was a failure, none was missing", found == {"passed": 1})
    return outcome
