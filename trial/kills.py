"""kill -9 of web, worker, errands, sealer, clock and database, at random, under submissions."""

from __future__ import annotations

import random
import time

from tests.installation import kill
from trial import province, storm
from trial.outcome import Outcome

SEED = 20261123


def run() -> Outcome:
    """Each receipt is one case, whatever was killed."""
    outcome, chooser = Outcome("kills"), random.Random(SEED)
    with province.province() as place:

        def disturb() -> str:
            time.sleep(chooser.uniform(1.0, 4.0))
            name = chooser.choice(("web", "worker", "errands", "sealer", "clock", "database"))
            if name == "database":
                kill(place.postmaster())
            else:
                for pid in place.pids_of(name):
                    kill(pid)
            return name

        storm.weather(outcome, place, disturb)
    return outcome
