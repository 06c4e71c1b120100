"""Whole lives of cases (hand in, accept, decide, find) on empty tables and among a million: how many a second.

Two processes live them by the journey's own verbs, as many as the machine has cores, beside the
installation's worker, sealer and listeners; the time runs until listeners and their jobs are done. The
process that makes PDFs stands still.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

from bench.figures import cpu_seconds
from tests.installation import ROOT, Installation
from trial import million, province
from trial.outcome import Outcome

LIVES, WARM_UP, PROCESSES = 400, 40, 2
#: The gates: so many a second on two cores, and so much of the empty tables' rate.
A_SECOND, SHARE = 60.0, 0.7
LONGEST = 900.0
_ENDED = """
SELECT (SELECT count(*) FROM cases_case c WHERE c.submitted_by = who AND c.state = 'CLOSED')
FROM unnest(%s::text[]) AS who
"""
_LEFT = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
          AND queue_name = ANY(%(waited)s))
     + (SELECT count(*) FROM journal_pending)
     + (SELECT coalesce(sum(last.position - c.position), 0) FROM journal_checkpoint c,
          (SELECT coalesce(max(position), 0) AS position FROM journal_link) last)
"""


def run() -> Outcome:
    """Empty first, then the same among a million rows in each of the big tables."""
    outcome = Outcome("lifecycle")
    outcome.count(load_before=round(os.getloadavg()[0], 1))
    with province.province() as place:
        people = province.people(place, 2 * LIVES + WARM_UP)
        crowd = [(one.draft, one.person) for one in people]
        _live(place, crowd[:WARM_UP])
        empty = _measured(outcome, place, crowd[WARM_UP : WARM_UP + LIVES], "empty")
        million.fill(outcome, place)
        full = _measured(outcome, place, crowd[WARM_UP + LIVES :], "million")
        outcome.count(
            share_of_empty=round(full / empty, 2), load_after=round(os.getloadavg()[0], 1)
        )
        outcome.gate(f"at least {A_SECOND:g} lives a second among a million", full >= A_SECOND)
        outcome.gate(f"at least {SHARE:.0%} of the empty tables' rate", full >= SHARE * empty)
        told = "every life came to its end, once"
        outcome.claim(told, _ended(place, [one.person for one in people]) == [1] * len(people))
    return outcome


def _ended(place: Installation, persons: list[str]) -> list[int]:
    """How many finished cases each person has."""
    with place.connect() as connection:
        return [number for (number,) in connection.execute(_ENDED, [persons])]


def _measured(
    outcome: Outcome, place: Installation, drafts: list[tuple[str, str]], where: str
) -> float:
    """Lives a second by the clock; by CPU alone where neighbours took the machine's time."""
    root = place.process.pid if place.process else 0
    errands = place.pids_of("errands")
    for pid in errands:
        os.kill(pid, signal.SIGSTOP)
    try:
        before, began = cpu_seconds(root), time.monotonic()
        used, parts = _live(place, drafts)
        seconds = time.monotonic() - began
        installation = cpu_seconds(root) - before
    finally:
        for pid in errands:
            os.kill(pid, signal.SIGCONT)
    rate, cpu = len(drafts) / seconds, 1000 * (used + installation) / len(drafts)
    outcome.count(
        **{
            f"{where}_a_second": round(rate, 1),
            f"{where}_cpu_ms": round(cpu, 1),
            f"{where}_a_second_by_cpu": round(2000 / cpu, 1),
            f"{where}_of_it_ms": json.dumps(parts),
        }
    )
    return rate


def _live(place: Installation, drafts: list[tuple[str, str]]) -> tuple[float, dict[str, float]]:
    """CPU seconds of the living processes, and milliseconds of it by what was done."""
    shares = [drafts[number::PROCESSES] for number in range(PROCESSES)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "trial.lifecycle", "live"],
            cwd=ROOT,
            env={**place.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in shares
    ]
    for one in running:  # both have begun before either gets its share
        if one.stdout is None or one.stdout.readline().strip() != "ready":
            raise AssertionError("a process did not begin")
    said = []
    for one, share in zip(running, shares, strict=True):
        if one.stdin is None:
            raise AssertionError("no input")
        one.stdin.write(json.dumps(share) + "\n")
        one.stdin.flush()
    for one in running:
        out, _ = one.communicate(timeout=LONGEST)
        said.append(json.loads(out.splitlines()[-1]))
    _wait_until_quiet(place)
    parts = {
        name: round(sum(told["parts"][name] for told in said) * 1000 / len(drafts), 1)
        for name in said[0]["parts"]
    }
    return sum(told["cpu"] for told in said), parts


def _wait_until_quiet(place: Installation) -> None:
    from yiwang.mechanisms.jobs.definitions import WAITED_FOR

    end = time.monotonic() + LONGEST
    with place.connect() as connection:
        while connection.execute(_LEFT, {"waited": list(WAITED_FOR)}).fetchone()[0]:
            if time.monotonic() > end:
                raise AssertionError("listeners are not idle")
            time.sleep(0.05)


def _lives(given: list[tuple[str, str]]) -> dict[str, Any]:
    """Inside the installation: one after another, each act in its own transaction."""
    from yiwang.capability import journey
    from yiwang.capability.cases import queries as cases
    from yiwang.capability.cases.definitions import CaseFilter
    from yiwang.kernel.actor import Actor, ActorKind
    from yiwang.kernel.moments import now
    from yiwang.kernel.references import new_key
    from yiwang.support.identity import queries as identity
    from yiwang.support.identity.definitions import AccountKind

    account = identity.find_account_by_user_name("minzheng", AccountKind.OFFICIAL)
    official = identity.get_actor(account.key, at=now())
    parts = dict.fromkeys(("submit", "accept", "decide", "find"), 0.0)
    spent = time.process_time()

    def noted(name: str) -> None:
        nonlocal spent
        parts[name], spent = parts[name] + time.process_time() - spent, time.process_time()

    began, receipts = time.process_time(), []
    for draft, person in given:
        me = Actor(ActorKind.PERSON, person, assurance_level=3)
        receipts.append(
            journey.submit(
                draft_key=draft, idempotency_key=new_key(), actor=me, at=now(), by_person=True
            )
        )
        noted("submit")
    for receipt in receipts:
        key = receipt.case_key
        while "accept" not in {a.name for a in cases.get_case(key, official, at=now()).acts}:
            time.sleep(0.02)  # the worker passes it on
        version = cases.get_case(key, official, at=now()).version
        seen = journey.accept(case_key=key, version=version, actor=official, at=now())
        noted("accept")
        journey.decide(
            case_key=key, version=seen.version, outcome="APPROVE", reason="已核对",
            actor=official, at=now(),
        )  # fmt: skip
        noted("decide")
        found = cases.list_cases(
            official, at=now(), filter=CaseFilter(case_no=receipt.case_no), limit=10
        )
        if [one.key for one in found.rows] != [key]:
            raise AssertionError(f"{receipt.case_no} was not found")
        noted("find")
    return {"cpu": time.process_time() - began, "parts": parts}


def _main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from yiwang.project import background

    background.know_all()
    print("ready", flush=True)
    print(json.dumps(_lives(json.loads(sys.stdin.readline()))))


if __name__ == "__main__":
    _main()
