"""What a tampering trial works on: a copy of the journal and heads signed for the trial.

The copy is made of temporary tables that hide the real ones from this one session, so the journal
itself is only read.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec

from yiwang.mechanisms.journal import verifier

TABLES: Final = ("journal_entry", "journal_link", "journal_pending", "journal_subject")
#: How many of the first entries the copy takes at most, and the fewest worth trying.
COPIED: Final = 2000
FEWEST: Final = 24


class Signer:
    """A signing key for the trial, and the heads it signs."""

    def __init__(self, folder: Path, key_id: str = "sign-trial.1") -> None:
        self.folder, self.key_id = folder, key_id
        self._key = ec.generate_private_key(ec.SM2())
        numbers = self._key.public_key().public_numbers()
        point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        self.fingerprint = verifier.sm3(point).hex()
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        record = {"algorithm": "sm2-sm3", "key_id": key_id, "point": point.hex()}
        (folder / "keys" / f"{key_id}.json").write_text(json.dumps(record))

    def sign(self, position: int, link: bytes, previous: bytes) -> bytes:
        head: dict[str, Any] = {
            "algorithm": "sm2-sm3",
            "at": "2026-01-01T00:00:00+00:00",
            "key_id": self.key_id,
            "link": link.hex(),
            "position": position,
            "previous": verifier.sm3(previous).hex(),
            "scheme": verifier.SCHEME,
        }
        value = self._key.sign(verifier.signed_bytes(head), ec.ECDSA(tongsuo_hashes.SM3()))
        head["signature"] = base64.b64encode(value).decode()
        return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


@dataclass
class Trial:
    """The copy under trial: its connection, its heads, its length, a place in the middle."""

    connection: psycopg.Connection[Any]
    signer: Signer
    last: int
    middle: int
    lines: list[bytes] = field(default_factory=list)

    def run(self, statement: str, *values: object) -> None:
        self.connection.execute(statement, values)

    @property
    def entry(self) -> int:
        """The entry in the middle."""
        row = self.connection.execute(
            "SELECT entry_id FROM journal_link WHERE position = %s", [self.middle]
        ).fetchone()
        if row is None:
            raise LookupError(self.middle)
        return int(row[0])

    def link(self, position: int) -> bytes:
        row = self.connection.execute(
            "SELECT link FROM journal_link WHERE position = %s", [position]
        ).fetchone()
        return bytes(row[0]) if row else verifier.GENESIS

    def sign_heads(self) -> None:
        """Three heads: a third of the way, two thirds, the end."""
        previous = b""
        self.lines = []
        for position in (self.last // 3, 2 * self.last // 3, self.last):
            previous = self.signer.sign(position, self.link(position), previous)
            self.lines.append(previous)
        self.write_heads()

    def write_heads(self) -> None:
        (self.signer.folder / "heads.jsonl").write_bytes(
            b"".join(line + b"\n" for line in self.lines)
        )

    def relink(self, start: int) -> None:
        """Compute the chain again from a position on, as somebody who knows the formula would."""
        previous = self.link(start - 1)
        rows = self.connection.execute(
            "SELECT l.position, l.entry_id, l.sealed_at, e.body FROM journal_link l"
            " JOIN journal_entry e ON e.id = l.entry_id WHERE l.position >= %s ORDER BY 1",
            [start],
        ).fetchall()
        for position, entry_id, sealed_at, body in rows:
            previous = verifier.link_of(previous, position, entry_id, sealed_at, body)
            self.run("UPDATE journal_link SET link = %s WHERE position = %s", previous, position)


def copy_journal(connection: psycopg.Connection[Any]) -> int:
    """Temporary tables with the first entries of the journal; synthetic ones when it is short."""
    row = connection.execute("SELECT coalesce(max(position), 0) FROM journal_link").fetchone()
    real = int(row[0]) if row else 0
    last = min(real, COPIED)
    for table in TABLES:
        connection.execute(f"CREATE TEMPORARY TABLE copy_{table} (LIKE {table})")
    if last >= FEWEST:
        _copy_rows(connection, last)
    for table in TABLES:
        connection.execute(f"ALTER TABLE copy_{table} RENAME TO {table}")
    if last < FEWEST:
        last = _make_rows(connection)
    return last


def _copy_rows(connection: psycopg.Connection[Any], last: int) -> None:
    for statement in (
        "INSERT INTO copy_journal_link SELECT * FROM journal_link WHERE position <= %s",
        "INSERT INTO copy_journal_entry SELECT e.* FROM journal_entry e"
        " JOIN journal_link l ON l.entry_id = e.id WHERE l.position <= %s",
        "INSERT INTO copy_journal_subject SELECT s.* FROM journal_subject s"
        " JOIN journal_link l ON l.entry_id = s.entry_id WHERE l.position <= %s",
    ):
        connection.execute(statement, [last])


def _make_rows(connection: psycopg.Connection[Any]) -> int:
    """A short journal of our own, every fourth entry showing a person's data."""
    at, link = datetime(2026, 1, 1, tzinfo=UTC), verifier.GENESIS
    for number in range(1, FEWEST + 1):
        subjects = [f"person:{number}"] if number % 4 == 0 else []
        told = {"act": "TRY", "actor": "machine:trial", "at": at.isoformat(), "is_event": False}
        told |= {"subject": f"case:{number}", "subjects": subjects, "result": "DONE"}
        body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        link = verifier.link_of(link, number, number, at, body)
        connection.execute(
            "INSERT INTO journal_entry (id, at, act, subject, actor, is_event, body)"
            " VALUES (%s, %s, 'TRY', %s, 'machine:trial', false, %s)",
            [number, at, f"case:{number}", body],
        )
        connection.execute(
            "INSERT INTO journal_link (position, entry_id, sealed_at, scheme, link)"
            " VALUES (%s, %s, %s, %s, %s)",
            [number, number, at, verifier.SCHEME, link],
        )
        for subject in subjects:
            connection.execute("INSERT INTO journal_subject VALUES (%s, %s)", [subject, number])
    return FEWEST
