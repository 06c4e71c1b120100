"""The database shut down fast (sessions cut off) again and again under submissions."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from trial import province, storm
from trial.outcome import Outcome


def run() -> Outcome:
    """Each receipt is one case, however often the database was away."""
    outcome = Outcome("restarts")
    with province.province() as place:

        def disturb() -> str:
            time.sleep(4)
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                os.kill(place.postmaster(), signal.SIGINT)
            return "restart"

        storm.weather(outcome, place, disturb, people=240, disturbances=12)
    return outcome
