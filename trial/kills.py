"""kill -9 of web, worker, errands, sealer, clock and database, at random, under people and officials."""

from __future__ import annotations

import random
import time

from tests.installation import Installation, kill
from trial import province, storm
from trial.outcome import Outcome

SEED = 20261123
KILLS, SUBMISSIONS, DECISIONS = 50, 2_000, 2_000
NAMES = ("web", "worker", "errands", "sealer", "clock", "database")
#: Besides what officials decide, so that rules decide under kills too.
BY_RULE = 400


def run() -> Outcome:
    """Each receipt is one case and each decision stands once, whatever was killed."""
    outcome, chooser = Outcome("kills"), random.Random(SEED)
    with province.province() as place:

        def disturb() -> str:
            time.sleep(chooser.uniform(3.0, 9.0))
            while True:
                name = chooser.choice(NAMES)
                if _kill(place, name, chooser):
                    return name
                time.sleep(0.2)

        storm.weather(
            outcome,
            place,
            disturb,
            people=SUBMISSIONS + BY_RULE,
            decisions=DECISIONS,
            disturbances=KILLS,
        )
    return outcome


def _kill(place: Installation, name: str, chooser: random.Random) -> bool:
    """All processes of that name, or one of them; False when none was there to be killed."""
    if name == "database":
        try:
            victim = place.postmaster()
        except (FileNotFoundError, ValueError):
            return False
        found = {victim} & place.everything()
    else:
        found = place.pids_of(name)
        if found and chooser.random() < 0.3:
            found = {chooser.choice(sorted(found))}
    for pid in found:
        kill(pid)
    return bool(found)
