"""People hand in while the installation is backed up; it is brought back, elsewhere, to one moment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.installation import ROOT, Installation
from trial import province, storm
from trial.outcome import Outcome

PEOPLE, CONNECTIONS, A_SECOND = 300, 4, 6.0
#: The moment is chosen when so many have their receipt; a whole copy is taken before and after.
AT = 150
#: So long the follower may stay behind: its round is half a minute.
BEHIND_SECONDS = 180


def run() -> Outcome:
    """Every receipt until the moment is there, none after it; what is lost is named."""
    outcome = Outcome("restore")
    with tempfile.TemporaryDirectory(prefix="yiwang-trial-backup-") as folder:
        place = Installation(sample=True, more={"YIWANG_BACKUP": folder})
        with province.province(place):
            moment, before, after = _hand_in(outcome, place, Path(folder))
            _bring_back(outcome, place, Path(folder), moment, before, after)
            drilled = _command(place, "backup", "drill", environment=place.environment)
            outcome.claim("the drill passes on the living installation", drilled.returncode == 0)
            outcome.claim("the living journal still verifies", province.journal_verifies(place))
    return outcome


def _hand_in(
    outcome: Outcome, place: Installation, folder: Path
) -> tuple[datetime, list[str], list[str]]:
    """Receipts with the moment each was in hand; the restore point lies between two of them."""
    crowd = province.people(place, PEOPLE)
    _wait_for_base(folder)
    began = time.monotonic()
    copying = threading.Thread(target=_command, args=(place, "backup", "take"))
    received: list[tuple[datetime, datetime, str]] = []
    lock = threading.Lock()

    def one(number: int) -> None:
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        asked = datetime.now(UTC)
        case, _ = province.submit_until_received(place, crowd[number])
        with lock:
            received.append((asked, datetime.now(UTC), case))
            if len(received) == PEOPLE // 4:
                copying.start()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(one, range(AT)))
        time.sleep(1.0)
        moment = datetime.now(UTC)
        time.sleep(1.0)
        list(pool.map(one, range(AT, PEOPLE)))
    copying.join()
    _wait_until_reached(folder, datetime.now(UTC))
    _wait_for_head(folder, _sealed(place))
    outcome.count(submissions=len(received))
    before = [case for _, got, case in received if got < moment]
    after = [case for asked, _, case in received if asked > moment]
    return moment, before, after


def _wait_for_base(folder: Path) -> None:
    end = time.monotonic() + BEHIND_SECONDS
    while not list(folder.glob("base/*/manifest.sealed")) or not (folder / "reach.json").exists():
        if time.monotonic() > end:
            raise AssertionError("no whole copy was taken")
        time.sleep(0.5)


def _wait_until_reached(folder: Path, moment: datetime) -> None:
    end = time.monotonic() + BEHIND_SECONDS
    while datetime.fromisoformat(json.loads((folder / "reach.json").read_text())["until"]) < moment:
        if time.monotonic() > end:
            raise AssertionError("the follower stayed behind")
        time.sleep(0.5)


def _sealed(place: Installation) -> int:
    with place.connect() as connection:
        (position,) = connection.execute("SELECT max(position) FROM journal_link").fetchone()
    return int(position)


def _wait_for_head(folder: Path, position: int) -> None:
    """Only a signed head beyond the moment proves that something was there to be lost."""
    heads, end = folder / "journal-heads" / "heads.jsonl", time.monotonic() + BEHIND_SECONDS
    while json.loads(heads.read_text().splitlines()[-1])["position"] < position:
        if time.monotonic() > end:
            raise AssertionError("no signed head of what came last was copied")
        time.sleep(0.5)


def _bring_back(
    outcome: Outcome,
    place: Installation,
    folder: Path,
    moment: datetime,
    before: list[str],
    after: list[str],
) -> None:
    other = Installation(sample=True)
    try:
        began = time.monotonic()
        key = place.home / "secrets" / "master-key"
        arguments = ["restore", "--from", str(folder), "--to", moment.isoformat(), "--report"]
        done = _command(place, *arguments, "--master-key", str(key), environment=other.environment)
        print(done.stdout[-1500:], done.stderr[-1500:])
        outcome.claim("it is brought back and verified", done.returncode == 0)
        report = json.loads(done.stdout.splitlines()[-1])
        outcome.count(
            seconds_to_restore=round(time.monotonic() - began),
            files=report["files"],
            entries_kept=report["kept_until"],
            entries_lost=report["lost_until"] - report["kept_until"],
        )
        outcome.claim("no file is missing or changed", report["files_damaged"] == 0)
        outcome.claim("what is lost is named", report["lost_until"] > report["kept_until"])
        again = _command(place, *arguments, environment=other.environment)
        outcome.claim("nothing is restored over a living installation", again.returncode == 2)
        other.start()
        other.wait_for_line("ready: ", seconds=600)
        _compare(outcome, other, before, after)
        outcome.claim("the journal verifies, and says what is lost", _verifies(other))
        _go_on(outcome, place, other)
    finally:
        other.remove()


def _compare(outcome: Outcome, other: Installation, before: list[str], after: list[str]) -> None:
    statement = "SELECT count(*) FROM cases_case WHERE key = ANY(%s)"
    with other.connect() as connection:
        (kept,) = connection.execute(statement, [before]).fetchone()
        (extra,) = connection.execute(statement, [after]).fetchone()
    outcome.count(receipts_before=len(before), receipts_after=len(after))
    outcome.claim("every receipt until the moment is there", kept == len(before))
    outcome.claim("none after it is", extra == 0)


def _verifies(other: Installation) -> bool:
    done = _command(other, "journal", "verify", environment=other.environment)
    print(done.stdout[-800:])
    return done.returncode == 0 and "因此丢失" in done.stdout


def _go_on(outcome: Outcome, place: Installation, other: Installation) -> None:
    """Who hands in afterwards gets a number nobody was ever given."""
    with place.connect() as connection:
        rows = connection.execute("SELECT case_no FROM cases_case").fetchall()
    given = {number for (number,) in rows}
    later = province.people(other, 5)
    cases = [province.submit_until_received(other, one)[0] for one in later]
    with other.connect() as connection:
        rows = connection.execute(
            "SELECT case_no FROM cases_case WHERE key = ANY(%s)", [cases]
        ).fetchall()
    fresh = {number for (number,) in rows}
    outcome.claim("no number is given a second time", len(fresh) == 5 and not fresh & given)
    storm.look(outcome, other, cases, [one.draft for one in later])


def _command(
    place: Installation, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yiwang", *arguments],
        cwd=ROOT,
        env=environment or place.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
