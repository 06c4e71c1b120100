"""Sources that answer late, twice, wrongly or not at all, under prefills and submissions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

from tests.installation import ROOT, Installation
from trial import province, storm
from trial.outcome import Outcome
from trial.province import Person

MODES = ("SLOW", "DUPLICATE", "AWAY", "GARBAGE", "WRONG_TYPE")
ROUNDS, HELD_SECONDS, PEOPLE = 2, 15, 150
#: A slow source answers after three times the second it is given.
LATE_SECONDS = 6.0


def run() -> Outcome:
    """A late answer changes nothing, a doubled one counts once, and what is owed comes in the end."""
    outcome = Outcome("sources")
    with province.province() as place:
        names = [
            line.split("\t")[0] for line in _command(place, "sources", "list").splitlines() if line
        ]
        outcome.count(sources=len(names))
        _late(outcome, place, names, province.people(place, 3))
        modes = list(MODES * ROUNDS)

        def disturb() -> str:
            mode = modes.pop(0)
            _misbehave(place, names, mode)
            time.sleep(HELD_SECONDS)
            if not modes:
                _misbehave(place, names, None)
            return mode.lower()

        storm.weather(outcome, place, disturb, people=PEOPLE, disturbances=len(modes), a_second=1.5)
        _owed(outcome, place)
    return outcome


def _late(outcome: Outcome, place: Installation, names: list[str], few: list[Person]) -> None:
    """What the person wrote while a source was slow stays when the answer comes at last."""
    _misbehave(place, names, "SLOW")
    before = [_prefilled(place, one) for one in few]
    time.sleep(LATE_SECONDS)
    outcome.claim("late sources are said to be away", all(away for away, _ in before))
    after = [_draft(place, one) for one in few]
    outcome.claim("a late answer changes no draft", after == [draft for _, draft in before])
    _misbehave(place, names, None)


def _prefilled(place: Installation, one: Person) -> tuple[dict[str, str], dict[str, object]]:
    status, said = province.post(place, f"/api/v1/drafts/{one.draft}/prefill", one.token)
    if status != 200:
        raise AssertionError(f"{status} {said[:300]!r}")
    answer = json.loads(said)
    return answer["away"], answer["draft"]


def _draft(place: Installation, one: Person) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {one.token}"}
    _, _, said = province.ask(place, "GET", f"/api/v1/drafts/{one.draft}", headers=headers)
    draft: dict[str, object] = json.loads(said)
    return draft


def _owed(outcome: Outcome, place: Installation) -> None:
    """Asked for by three at once, what sources owe comes once."""
    asking = [
        threading.Thread(target=province.run_inside, args=(place, "trial.sources"))
        for _ in range(3)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    with place.connect() as connection:
        counts = dict(
            connection.execute(
                "SELECT supply, count(*) FROM materials_suppliedmaterial"
                " WHERE subject LIKE 'case:%%' AND provider <> '' GROUP BY supply"
            ).fetchall()
        )
        (twice,) = connection.execute(
            "SELECT count(*) FROM (SELECT FROM journal_entry WHERE act = 'materials.fetch'"
            " AND body::jsonb->'facts'->>'supply' = 'FETCHED' AND subject LIKE 'case:%%'"
            " GROUP BY subject, body::jsonb->'facts'->>'material' HAVING count(*) > 1) t"
        ).fetchone()
        (refused,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE by_rule AND outcome <> 'APPROVE'"
        ).fetchone()
    outcome.count(**{f"materials_{supply.lower()}": count for supply, count in counts.items()})
    outcome.claim("nothing is owed any more", counts.get("PENDING", 0) == 0)
    outcome.claim("what was fetched came once", twice == 0)
    outcome.claim("no rule said no for a source's sake", refused == 0)


def _misbehave(place: Installation, names: list[str], mode: str | None) -> None:
    """The switch is a file per source; ``yiwang sources misbehave`` writes the same."""
    folder = place.home / "simulator"
    folder.mkdir(exist_ok=True)
    for name in names:
        if mode is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_text(mode, encoding="ascii")


def _command(place: Installation, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "yiwang", *arguments],
        cwd=ROOT,
        env=place.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    ).stdout


def _ask_for_what_is_owed() -> None:
    """Inside the installation only: the periodic task, until nothing is left to ask for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from datetime import timedelta

    from yiwang.capability.journey import owing
    from yiwang.capability.materials import queries
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import now

    for _ in range(50):
        later = now() + timedelta(minutes=5)  # the task leaves a source four minutes' peace
        if not queries.list_pending(before=later):
            return
        owing.fetch_owed(actor=machine("worker"), at=later)


if __name__ == "__main__":
    _ask_for_what_is_owed()
