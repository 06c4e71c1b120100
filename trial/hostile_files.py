"""Three hundred files that lie, grow, hide something or are damaged, sent to the running API."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome
from trial.province import Person

ITEM, FIELD = "individual-business", "place_file"
CONNECTIONS, A_DRAFT, PEOPLE = 4, 5, 8


def run() -> Outcome:
    """Refused in words or kept clean, never a failure; the makers stand in ``trial.lies``."""
    outcome = Outcome("hostile_files")
    with province.province() as place, tempfile.TemporaryDirectory() as folder:
        rows = json.loads(province.run_inside(place, "trial.lies", "make", folder))
        crowd = province.people(place, PEOPLE)
        groups = [rows[first : first + A_DRAFT] for first in range(0, len(rows), A_DRAFT)]

        def send(number: int) -> list[tuple[dict[str, Any], int, str]]:
            return list(_send_all(place, crowd[number % PEOPLE], groups[number], rows, folder))

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            answers = [one for group in pool.map(send, range(len(groups))) for one in group]
        _judge(outcome, answers)
        unclean = json.loads(province.run_inside(place, "trial.lies", "look").splitlines()[-1])
        for sentence in unclean:
            print(f"hostile_files: kept and not clean: {sentence}")
        outcome.claim("whatever was kept opens again and is clean", not unclean)
        outcome.claim("still ready", place.is_ready())
    return outcome


def _judge(outcome: Outcome, answers: list[tuple[dict[str, Any], int, str]]) -> None:
    hostile = [one for one in answers if "honest" not in one[0]]
    honest = [status for row, status, _ in answers if "honest" in row]
    statuses = [status for _, status, _ in hostile]
    outcome.count(
        files=len(hostile), **{f"answered_{s}": statuses.count(s) for s in sorted(set(statuses))}
    )
    for row, status, sentence in hostile:
        right = 400 <= status < 500 and row["sentence"] in ("", sentence)
        good = right if row["must_refuse"] else status == 201 or right
        if not good:
            print(f"hostile_files: {row['name']}: {status} {sentence}")
            outcome.claim(f"{row['name']}: refused for what it is", False)
    outcome.claim("three hundred files and more", len(hostile) >= 300)
    outcome.claim("no answer was a failure", all(status < 500 for status in statuses))
    outcome.claim(
        "every refusal says why", all(words for _, status, words in hostile if status >= 400)
    )
    outcome.claim("honest files were taken", bool(honest) and set(honest) == {201})


def _send_all(
    place: Installation,
    one: Person,
    group: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    folder: str,
) -> Iterator[tuple[dict[str, Any], int, str]]:
    """A question takes five files, so each five go to a draft of their own."""
    body = json.dumps({"item_code": ITEM, "questions": {}}).encode()
    status, said = province.post(
        place, "/api/v1/drafts", one.token, body=body, kind="application/json", seconds=120
    )
    if status != 201:
        raise AssertionError(f"no draft: {status} {said[:300]!r}")
    draft = json.loads(said)["key"]
    for row in group:
        kept = f"honest-{row['honest']}" if "honest" in row else str(rows.index(row))
        status, said = _send(place, draft, one.token, row, (Path(folder) / kept).read_bytes())
        yield row, status, "" if status == 201 else _sentence(said)


def _sentence(said: bytes) -> str:
    refusal = json.loads(said)["refusal"]
    return (refusal["fields"] or [refusal])[0]["sentence"]


def _send(
    place: Installation, draft: str, token: str, row: dict[str, Any], content: bytes
) -> tuple[int, bytes]:
    boundary = secrets.token_hex(16)
    name = row["filename"]
    named = f'filename="{name}"' if name.isprintable() else f"filename*=UTF-8''{quote(name)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="field"\r\n\r\n{FIELD}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; {named}\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode(),
        content,
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    return province.post(
        place,
        f"/api/v1/drafts/{draft}/files",
        token,
        body=b"".join(parts),
        kind=f"multipart/form-data; boundary={boundary}",
        seconds=120,
    )
