"""The disk fills under submissions: no receipt without its case, and everything back when there is room."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from pathlib import Path

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

SIZE_MB, BEFORE, DURING, AFTER = 700, 10, 60, 10


def run() -> Outcome:
    """The installation's home on a small file system in memory; says so where none may be mounted."""
    outcome, place = Outcome("disk_full"), Installation(sample=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", str(place.home)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        outcome.count(not_tried="no file system may be mounted here")
        place.remove()
        return outcome
    try:
        with province.province(place):
            _fill_and_empty(outcome, place)
    finally:
        subprocess.run(["umount", "-l", str(place.home)], check=False)
        place.home.rmdir() if place.home.exists() else None
    return outcome


def _fill_and_empty(outcome: Outcome, place: Installation) -> None:
    crowd = province.people(place, BEFORE + DURING + AFTER)
    receipts = [province.submit_until_received(place, one)[0] for one in crowd[:BEFORE]]
    outcome.claim(
        "the database lies on the small disk", place.place.data.is_relative_to(place.home)
    )
    ballast = place.home / "ballast"
    _fill(ballast)
    statuses: list[int] = []
    for one in crowd[BEFORE : BEFORE + DURING]:
        try:
            status, body = province.submit(place, one)
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        statuses.append(status)
        if status == 200:
            receipts.append(json.loads(body)["case_key"])
    outcome.count(**{f"full_{status}": statuses.count(status) for status in set(statuses)})
    outcome.claim("a full disk is noticed", any(status != 200 for status in statuses))
    refused = {status for status in statuses if status not in (0, 200)}
    outcome.claim("who is refused is told to try later (503, 507)", refused <= {503, 507})
    ballast.unlink()
    seconds = place.wait_until_ready(seconds=60)
    outcome.count(seconds_until_ready=round(seconds, 1))
    again = [
        province.submit_until_received(place, one)[0]
        for one, status in zip(crowd[BEFORE:], [*statuses, *[0] * AFTER], strict=True)
        if status != 200
    ]
    outcome.claim("with room again everybody gets a receipt", len(again) >= AFTER)
    with place.connect() as connection:
        (there,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE key = ANY(%s)", [receipts + again]
        ).fetchone()
        (cases,) = connection.execute(
            "SELECT count(*) FROM cases_case WHERE draft_key = ANY(%s)",
            [[one.draft for one in crowd]],
        ).fetchone()
    outcome.claim("each receipt has its case", there == len(receipts) + len(again))
    outcome.claim("each draft became exactly one case", cases == len(crowd))
    outcome.claim("the journal verifies", province.journal_verifies(place))


def _fill(ballast: Path) -> None:
    """Every block there is."""
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    size = 1 << 20
    try:
        while size >= 4096:
            try:
                os.write(descriptor, b"\0" * size)
            except OSError:
                size //= 2
    finally:
        os.close(descriptor)
