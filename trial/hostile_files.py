"""Files that lie, grow or hide something, sent to the running API: refused in words, never a failure."""

from __future__ import annotations

import json
import os
import secrets

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

ITEM, FIELD = "individual-business", "place_file"


def run() -> Outcome:
    """The makers are those of the files module's own tests."""
    outcome = Outcome("hostile_files")
    with province.province() as place:
        # Only now: the makers read settings, and these must be some installation's.
        os.environ |= {
            "YIWANG_HOME": str(place.home),
            "DJANGO_SETTINGS_MODULE": "yiwang.project.settings",
        }
        import django

        django.setup()
        from yiwang.mechanisms.files.tests import test_hostile_files as makers

        (one,) = province.people(place, 1)
        body = json.dumps({"item_code": ITEM, "questions": {}}).encode()
        status, said = province.post(
            place, "/api/v1/drafts", one.token, body=body, kind="application/json"
        )
        outcome.claim("a draft of an item that takes files", status == 201)
        draft = json.loads(said)["key"]
        statuses = []
        for name, filename, data, _ in makers.HOSTILE:
            content = data if isinstance(data, bytes) else data()
            status, _said = _send(place, draft, one.token, filename, content)
            statuses.append(status)
            outcome.claim(f"{name}: refused", 400 <= status < 500)
        outcome.count(**{f"answered_{s}": statuses.count(s) for s in sorted(set(statuses))})
        with place.connect() as connection:
            (kept,) = connection.execute(
                "SELECT count(*) FROM intake_attachment a JOIN intake_draft d ON d.id = a.draft_id"
                " WHERE d.key = %s",
                [draft],
            ).fetchone()
        outcome.claim("none was kept", kept == 0)
        outcome.claim("still ready", place.is_ready())
    return outcome


def _send(
    place: Installation, draft: str, token: str, filename: str, content: bytes
) -> tuple[int, bytes]:
    boundary = secrets.token_hex(16)
    named = filename.replace('"', "%22").replace("\n", "%0A")
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="field"\r\n\r\n{FIELD}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{named}"\r\n'
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
    )
