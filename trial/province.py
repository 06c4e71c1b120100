"""A whole installation under trial, people ready to hand in, and a client that never gives up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

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
        place.wait_for_line("ready: ", seconds=900)
        yield place
    except BaseException:
        ended = place.process.poll() if place.process else None
        print("\n".join(line[:400] for line in place.lines[-40:]))
        print(f"the installation had ended: {ended}", flush=True)
        raise
    finally:
        place.remove()


def run_inside(place: Installation, *arguments: str, seconds: int = 3600) -> str:
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
    said = run_inside(place, "trial.province", "people", str(count))
    return [Person(**row) for row in json.loads(said.splitlines()[-1])]


def staff(place: Installation) -> list[str]:
    """Tokens of two officials who decide what ``people`` hand in."""
    tokens: list[str] = json.loads(run_inside(place, "trial.province", "staff").splitlines()[-1])
    return tokens


def data_officers(place: Installation) -> list[str]:
    """Tokens of a department's data officer and of the authority that keeps the catalogue."""
    tokens: list[str] = json.loads(run_inside(place, "trial.province", "data").splitlines()[-1])
    return tokens


def quoted(path: str) -> str:
    """An address as a browser sends it."""
    return quote(path, safe="/?=&")


def post(
    place: Installation,
    path: str,
    token: str,
    *,
    key: str = "",
    body: bytes = b"",
    kind: str = "",
    seconds: float = 120,
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body. OSError when nobody answers."""
    headers = {"Authorization": f"Bearer {token}"}
    headers |= {"Idempotency-Key": key} if key else {}
    headers |= {"Content-Type": kind} if kind else {}
    status, _, said = ask(place, "POST", path, body=body, headers=headers, seconds=seconds)
    return status, said


def ask(
    place: Installation,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] = MappingProxyType({}),
    seconds: float = 120,
) -> tuple[int, Message, bytes]:
    """The same with the answer's headers."""
    client = http.client.HTTPConnection("127.0.0.1", place.port, timeout=seconds)
    length = {"Content-Length": str(len(body))} if method != "GET" else {}
    try:
        client.request(method, path, body=body or None, headers={**headers, **length})
        answer = client.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        client.close()


def submit(
    place: Installation, one: Person, *, key: str = "", by_person: bool = False
) -> tuple[int, bytes]:
    """Hand the draft in, once."""
    path = f"/api/v1/drafts/{one.draft}/submit" + ("?by_person=true" if by_person else "")
    return post(place, path, one.token, key=key or f"trial-{one.draft}")


def submit_until_received(
    place: Installation, one: Person, *, seconds: float = 1200, by_person: bool = False
) -> tuple[str, int]:
    """As a careful program does: the same key again until there is a receipt. (case key, tries)"""
    end, tries = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        tries += 1
        try:
            status, body = submit(place, one, by_person=by_person)
        except (OSError, http.client.HTTPException):
            status, body = 0, b""
        if status == 200:
            return json.loads(body)["case_key"], tries
        if 400 <= status < 500 and status != 429:
            raise AssertionError(f"{status} {body[:300]!r}")
        time.sleep(0.3)
    raise AssertionError(f"no receipt for {one.draft} in {seconds} s")


def journal_verifies(place: Installation) -> bool:
    """``yiwang journal verify`` on the installation; what it found is said when it is not well."""
    done = subprocess.run(
        [sys.executable, "-m", "yiwang", "journal", "verify"],
        cwd=ROOT,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:])
    return done.returncode == 0


def _print_people(count: int) -> None:
    from bench import elders

    rows = [
        {"person": one.person, "token": one.token, "draft": one.draft}
        for one in elders.ready(count)
    ]
    print(json.dumps(rows))


#: Whose tokens are asked for by one word, and what these may do.
OFFICIALS = {
    "staff": (("minzheng", "minzheng2"), ("cases:read", "desk:read", "desk:write")),
    "data": (("minzheng-shuju", "shujuju"), ("data:read", "data:write")),
}


def _print_tokens(names: tuple[str, ...], scopes: tuple[str, ...]) -> None:
    from datetime import timedelta

    from yiwang.kernel.moments import now
    from yiwang.support.identity import actions, queries
    from yiwang.support.identity.definitions import AccountKind

    tokens, at = [], now()
    for name in names:
        account = queries.find_account_by_user_name(name, AccountKind.OFFICIAL)
        issued = actions.issue_token(
            name="trial",
            scopes=scopes,
            expires_at=at + timedelta(days=2),
            actor=queries.get_actor(account.key, at=at),
            at=at,
        )
        tokens.append(issued.token)
    print(json.dumps(tokens))


def _main(arguments: list[str]) -> None:
    """Inside the installation only."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    if arguments[0] == "people":
        _print_people(int(arguments[1]))
    else:
        _print_tokens(*OFFICIALS[arguments[0]])


if __name__ == "__main__":
    _main(sys.argv[1:])
