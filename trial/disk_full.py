"""The disk fills under submissions: no receipt without its case, and everything back when there is room."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import time
from pathlib import Path

from tests.installation import Installation
from trial import province, storm
from trial.outcome import Outcome
from trial.province import Person

SIZE_MB, BEFORE, DURING, AFTER = 900, 10, 60, 10
PAGE, BETWEEN = 8192, 0.05
#: Pages left free, round by round, so that different writes meet the end of the disk.
LEFT = (0, 1, 3, 8, 20, 0, 2, 5)


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
    crowd = province.people(place, BEFORE + len(LEFT) * DURING + AFTER)
    receipts = {one.draft: province.submit_until_received(place, one)[0] for one in crowd[:BEFORE]}
    outcome.claim(
        "the database lies on the small disk", place.place.data.is_relative_to(place.home)
    )
    statuses: list[int] = []
    for number, left in enumerate(LEFT):
        first = BEFORE + number * DURING
        statuses += _one_round(place, left, crowd[first : first + DURING], receipts)
        outcome.count(
            **{f"seconds_until_ready_{number}": round(place.wait_until_ready(seconds=900))}
        )
    outcome.count(**{f"full_{status}": statuses.count(status) for status in sorted(set(statuses))})
    outcome.claim("a full disk is noticed", any(status != 200 for status in statuses))
    refused = {status for status in statuses if status not in (0, 200)}
    outcome.claim("who is refused is told to try later (503, 507)", refused <= {503, 507})
    for one in crowd:
        if one.draft not in receipts:
            receipts[one.draft] = province.submit_until_received(place, one)[0]
    outcome.claim("with room again everybody gets a receipt", len(receipts) == len(crowd))
    outcome.claim("it was never started by hand", place.process.poll() is None)
    storm.look(outcome, place, list(receipts.values()), list(receipts))


def _one_round(
    place: Installation, left: int, some: list[Person], receipts: dict[str, str]
) -> list[int]:
    """Fill all but a few pages, hand in, make room again; the statuses, 0 for no answer."""
    ballast, statuses = place.home / "ballast", []
    _fill(ballast)
    os.truncate(ballast, ballast.stat().st_size - left * PAGE)
    for one in some:
        try:
            status, body = province.submit(place, one)
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        statuses.append(status)
        if status == 200:
            receipts[one.draft] = json.loads(body)["case_key"]
        time.sleep(BETWEEN)
    ballast.unlink()
    return statuses


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
