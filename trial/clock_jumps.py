"""The machine's clock is set ahead and back, by minutes and by a day, under submissions."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tests.installation import Installation
from trial import province, storm
from trial.outcome import Outcome
from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage import placement, server
from yiwang.project.database import as_url

SOURCE = Path(__file__).with_name("clock.c")
#: Seconds the wall clock is off, one after another; each is held for a while.
OFFSETS = (3600, 0, 26 * 3600, 0, -7200, 0, 61, -61, 0)
HELD_SECONDS, PEOPLE = 15, 200
#: The clock's round, the head's minute and the reaper's half minute, on a busy machine.
PATIENCE = 600.0


def run() -> Outcome:
    """Web, workers, sealer, clock and database all see the jumps; monotonic clocks go on."""
    outcome = Outcome("clock_jumps")
    folder = Path(tempfile.mkdtemp(prefix="yiwang-clock-"))
    folder.chmod(0o755)
    try:
        preload = _compiled(folder)
        if preload is None:
            outcome.count(not_tried="there is no C compiler to make the moving clock with")
            return outcome
        hand = folder / "seconds"
        _set(hand, 0)
        with _database(folder, preload, hand) as addresses:
            moving = {"LD_PRELOAD": str(preload), "TRIAL_CLOCK": str(hand)}
            place = Installation(sample=True, database={**addresses, **moving})
            with province.province(place):
                _jump(outcome, place, hand)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _jump(outcome: Outcome, place: Installation, hand: Path) -> None:
    left = list(OFFSETS)
    unready: list[int] = []

    def disturb() -> str:
        offset = left.pop(0)
        _set(hand, offset)
        time.sleep(HELD_SECONDS)
        if not _eventually(place.is_ready):
            unready.append(offset)
        return "ahead" if offset > 0 else "behind" if offset < 0 else "right"

    storm.weather(outcome, place, disturb, people=PEOPLE, disturbances=len(OFFSETS), a_second=2.0)
    outcome.claim("ready under every clock", not unready)
    outcome.claim("with the clock right, periods begin again", _eventually(lambda: _periods(place)))
    outcome.claim("the head is signed up to the end", _eventually(lambda: _signed(place)))
    with place.connect() as connection:
        (received,) = connection.execute(
            "SELECT count(DISTINCT date_trunc('hour', received_at)) FROM cases_case"
            " WHERE channel = 'API'"
        ).fetchone()
    outcome.count(hours_cases_were_received_in=received)
    outcome.claim("the clock was really moved", received >= 4)


def _periods(place: Installation) -> bool:
    """No periodic task has its newest run in the future."""
    said = province.run_inside(place, "trial.clock_jumps")
    minutes: dict[str, int] = json.loads(said.splitlines()[-1])
    with place.connect() as connection:
        rows = connection.execute("SELECT name, slot FROM jobs_schedule").fetchall()
    now = time.time()
    return bool(rows) and all(slot <= now // (minutes[name] * 60) for name, slot in rows)


def _signed(place: Installation) -> bool:
    lines = (place.home / "journal-heads" / "heads.jsonl").read_text().splitlines()
    with place.connect() as connection:
        (last,) = connection.execute("SELECT max(position) FROM journal_link").fetchone()
    return bool(json.loads(lines[-1])["position"] == last)


def _eventually(what: object) -> bool:
    end = time.monotonic() + PATIENCE
    while not what():  # type: ignore[operator]
        if time.monotonic() > end:
            return False
        time.sleep(1)
    return True


def _compiled(folder: Path) -> Path | None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    target = folder / "clock.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(target), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return target


def _set(hand: Path, seconds: int) -> None:
    """In place: the file is mapped by everybody."""
    with hand.open("r+b" if hand.exists() else "wb") as file:
        file.write(struct.pack("=q", seconds))


@contextmanager
def _database(folder: Path, preload: Path, hand: Path) -> Iterator[dict[str, str]]:
    """Our own server with the moving clock, given to the installation as a real one."""
    home = folder / "database"
    home.mkdir(mode=0o755)
    plain = server._environment()
    moving = {**plain, "LD_PRELOAD": str(preload), "TRIAL_CLOCK": str(hand)}
    place = placement.choose(home)
    with mock.patch.object(server, "_environment", return_value=moving):
        running = storage.start_embedded(home)
    try:
        yield {"DATABASE_URL": as_url(running.owner), "DATABASE_APP_URL": as_url(running.app)}
    finally:
        storage.stop(running)
        for left in (place.folder, place.sockets):
            shutil.rmtree(left, ignore_errors=True)


def _print_minutes() -> None:
    """Inside the installation only: periodic task → its period."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from yiwang.mechanisms.jobs import registry
    from yiwang.project import background

    background.know_all()
    print(json.dumps({name: one.minutes for name, one in registry.PERIODIC.items()}))


if __name__ == "__main__":
    sys.exit(_print_minutes())
