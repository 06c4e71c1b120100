"""kill -9 of two nodes' exchange processes, whole or their worker alone, at random under calls."""

from __future__ import annotations

from trial import counted
from trial.outcome import Outcome

KILLS = 200
TESTS = "src/yiwang/foundation/exchange/tests/test_two_nodes.py::test_no_answered_call_lacks_a_receipt_on_either_side_over_kills"


def run() -> Outcome:
    """No answered call lacks a receipt on either side."""
    outcome = Outcome("exchange_kills")
    found = counted.run(outcome, TESTS, more={"YIWANG_TRIAL_KILLS": str(KILLS)})
    outcome.claim(
        f"after {KILLS} kills every answered call has its receipts on both sides, all in whole blocks",
        found == {"passed": 1},
    )
    return outcome
