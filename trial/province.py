"""A whole installation under trial, people ready to hand in, and a client that never gives up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.installation import Installation

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, a token and a whole draft."""

    person: str
    token: str
    draft: str


@contextlib.contextmanager
def province(installation: Installation | None = None) -> Iterator[Installation]:
    """A sample province of its own, gone afterwards."""
    place = installation or Installation(sample=True)
    try:
        place.start()
        place.wait_for_line("ready: ", seconds=300)
        yield place
    finally:
        place.remove()


def run_inside(place: Installation, *arguments: str, seconds: int = 600) -> str:
    """One of our commands in a process of its own on the installation; its output."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**place.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds,
    )
    return done.stdout


def people(place: Installation, count: int) -> list[Person]:
    """``count`` of them, made by real actions."""
    said = run_inside(place, "trial.province", str(count))
    return [Person(**row) for row in json.loads(said.splitlines()[-1])]


def post(
    place: Installation,
    path: str,
    token: str,
    *,
    key: str = "",
    body: bytes = b"",
    kind: str = "",
    seconds: float = 30,
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body. OSError when nobody answers."""
    client = http.client.HTTPConnection("127.0.0.1", place.port, timeout=seconds)
    headers = {"Authorization": f"Bearer {token}", "Content-Length": str(len(body))}
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= {"Content-Type": kind} if kind else {}
    try:
        client.request("POST", path, body=body, headers=headers)
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def submit(place: Installation, one: Person, *, key: str = "") -> tuple[int, bytes]:
    """Hand the draft in, once."""
    path = f"/api/v1/drafts/{one.draft}/submit"
    return post(place, path, one.token, key=key or f"trial-{one.draft}")


def submit_until_received(
    place: Installation, one: Person, *, seconds: float = 300
) -> tuple[str, int]:
    """As a careful program does: the same key again until there is a receipt. (case key, tries)"""
    end, tries = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        tries += 1
        try:
            status, body = submit(place, one)
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        if status == 200:
            return json.loads(body)["case_key"], tries
        if 400 <= status < 500 and status != 429:
            raise AssertionError(f"{status} {body[:300]!r}")
        time.sleep(0.3)
    raise AssertionError(f"no receipt for {one.draft} in {seconds} s")


def journal_verifies(place: Installation) -> bool:
    """``yiwang journal verify`` on the installation."""
    done = subprocess.run(
        [sys.executable, "-m", "yiwang", "journal", "verify"],
        cwd=ROOT,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=300,
    )
    return done.returncode == 0


def _print_people(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from bench import elders

    rows = [
        {"person": one.person, "token": one.token, "draft": one.draft}
        for one in elders.ready(count)
    ]
    print(json.dumps(rows))


if __name__ == "__main__":
    _print_people(int(sys.argv[1]))
