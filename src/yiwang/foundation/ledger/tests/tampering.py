"""What a tampering trial works on: our ledger with three checkpoints, witnessed, and hands on all of it.

700 entries, signed at 300, 450 and 700; two whole tiles and a run. Each trial tampers inside a
savepoint and with copies of the files; then everything is exported and verified.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from yiwang.foundation.exchange.models import Block
from yiwang.foundation.ledger import actions, nodes, outside, queries, sources, yiwang_verify
from yiwang.foundation.ledger.actions import appending
from yiwang.foundation.ledger.rules import documents
from yiwang.foundation.ledger.rules.leaves import SALT_BYTES
from yiwang.foundation.ledger.tests.far import FarWitness, sign
from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import heads, verifier
from yiwang.network.nodes import sample

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SIGNED = (300, 450, 700)
MIDDLE, LAST = 350, 700
BLOCKS = 36
TABLES = [
    "exchange_block",
    "journal_entry",
    "journal_link",
    "journal_subject",
    "ledger_tile",
    "ledger_checkpoint",
    "ledger_witness_signature",
]


def write(count: int, start: int) -> None:
    with transaction.atomic():
        for number in range(start, start + count):
            looks = number % 5 == 0
            journal.record(
                actor=machine("trial"),
                act="READ" if looks else "ACT",
                subject=f"case:{number}",
                at=AT,
                subjects=[f"person:{number}"] if looks else [],
            )
    journal.seal(at=AT)


def close_blocks(after: int, count: int) -> None:
    """Blocks of receipts as the exchange closes them."""
    Block.objects.bulk_create(
        [
            Block(
                number=number,
                first_id=10 * number,
                last_id=10 * number + 9,
                count=10,
                root=f"{number:064x}",
                previous=f"{number - 1:064x}",
                at=AT,
                signature="sm2-sm3$sign-node.1$x",
            )
            for number in range(after + 1, after + count + 1)
        ]
    )


@dataclass
class World:
    """The ledger as it is before anybody touches it."""

    home: Path
    far: FarWitness
    trusted: list[str] = field(default_factory=list)


def build(home: Path, patch: pytest.MonkeyPatch) -> World:
    """Entries, tree, checkpoints, a witness, heads."""
    patch.setattr(outside, "folder", lambda: home / "ledger")
    patch.setattr(heads, "heads_folder", lambda: home / "journal-heads")
    patch.setattr(journal.heads, "heads_folder", lambda: home / "journal-heads")
    lanzhou, _ = sample.three_nodes(at=AT)
    far, before = FarWitness(lanzhou), 0
    journal.seal(at=AT)
    (before,) = run("SELECT count(*) FROM journal_link")[0]
    for source in sources.SOURCES:
        actions.append(source)
    for turn, size in enumerate(SIGNED):
        write(size - before, before)
        before = size
        close_blocks(turn * BLOCKS // len(SIGNED), BLOCKS // len(SIGNED))
        for source in sources.SOURCES:
            actions.append(source)
        assert actions.write_checkpoint(at=AT) is not None
        assert actions.ask_witnesses([far], at=AT) == 1
        journal.write_head(at=AT)
    points = [*yiwang_verify.read_keys(home / "ledger").values()]
    points += yiwang_verify.read_keys(home / "journal-heads").values()
    (home / "seen.jsonl").write_bytes((home / "ledger" / "witnesses.jsonl").read_bytes())
    return World(home, far, [yiwang_verify.sm3(bytes.fromhex(point)).hex() for point in points])


def run(statement: str, *values: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@dataclass
class Trial:
    """A copy to tamper with."""

    world: World
    home: Path

    @property
    def entry(self) -> int:
        return int(run("SELECT entry_id FROM journal_link WHERE position = %s", MIDDLE)[0][0])

    def lines(self, name: str = "ledger/checkpoints.jsonl") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.home / name).read_bytes().splitlines()]

    def put(self, lines: list[dict[str, Any]], name: str = "ledger/checkpoints.jsonl") -> None:
        text = b"".join(documents.plain(line) + b"\n" for line in lines)
        (self.home / name).write_bytes(text)

    def edit(self, place: int, file: str = "ledger/checkpoints.jsonl", **changes: Any) -> None:
        lines = self.lines(file)
        lines[place - 1].update(changes)
        self.put(lines, file)

    def relink(self, start: int) -> None:
        """Compute the chain anew from a position on."""
        before = run("SELECT link FROM journal_link WHERE position = %s", start - 1)
        link = bytes(before[0][0]) if before else verifier.GENESIS
        rows = run(
            "SELECT l.position, l.entry_id, l.sealed_at, e.body FROM journal_link l"
            " JOIN journal_entry e ON e.id = l.entry_id WHERE l.position >= %s ORDER BY 1",
            start,
        )
        for position, entry_id, sealed_at, body in rows:
            link = verifier.link_of(link, position, entry_id, sealed_at, body)
            run("UPDATE journal_link SET link = %s WHERE position = %s", link, position)

    def rebuild(self) -> None:
        """The whole tree anew from the journal as it is now, with the salts it had."""
        (size,) = run("SELECT size FROM ledger_tree WHERE name = 'journal'")[0]
        drawn = iter([nodes.read_salt("journal", n) for n in range(size)])

        def urandom(count: int) -> bytes:
            return b"".join(next(drawn) for _ in range(count // SALT_BYTES))

        for table in ("ledger_tile", "ledger_run", "ledger_salts"):
            run(f"DELETE FROM {table} WHERE tree = 'journal'")  # noqa: S608
        run("UPDATE ledger_tree SET size = 0, last = '' WHERE name = 'journal'")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(appending, "os", SimpleNamespace(urandom=urandom))
            while actions.append(sources.SOURCES[0]):
                continue

    def sign_again(self, start: int) -> None:
        """With the ledger's own key: checkpoints over the tree as it is now, and the database's copies."""
        lines = self.lines()
        for number in range(start, len(lines) + 1):
            line = lines[number - 1]
            for tree in line["trees"]:
                tree["root"] = queries.root_of(tree["name"], tree["size"]).hex()
            if number > 1:
                line["previous"] = crypto.digest(documents.plain(lines[number - 2]))
            self.sign_line(line)
            body = documents.plain(line).decode()
            run("UPDATE ledger_checkpoint SET body = %s WHERE number = %s", body, number)
        self.put(lines)

    def sign_line(self, line: dict[str, Any], purpose: str = "ledger") -> None:
        line.pop("signature", None)
        text = documents.plain(line)
        line["signature"] = crypto.sign(text, purpose=purpose).rsplit("$", 1)[1]

    def forget_heads(self, count: int) -> None:
        self.put(self.lines("journal-heads/heads.jsonl")[:count], "journal-heads/heads.jsonl")


def attempt(
    world: World, home: Path, tamper: Callable[[Trial], None], patch: pytest.MonkeyPatch
) -> yiwang_verify.Report:
    """Tamper with a copy, export, verify, undo."""
    for name in ("ledger", "journal-heads"):
        shutil.copytree(world.home / name, home / name)
    shutil.copy(world.home / "seen.jsonl", home / "seen.jsonl")
    trusted = list(world.trusted)
    with patch.context() as inner, transaction.atomic():
        inner.setattr(outside, "folder", lambda: home / "ledger")
        inner.setattr(heads, "heads_folder", lambda: home / "journal-heads")
        for table in TABLES:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        tamper(Trial(world, home))
        actions.export(home / "out", at=AT)
        transaction.set_rollback(True)
    return yiwang_verify.audit(home / "out", trusted, [home / "seen.jsonl"])


def stranger(line: dict[str, Any], key_id: str = "sign-ledger.9") -> dict[str, Any]:
    """Signed by a key nobody published."""
    rest = {key: value for key, value in line.items() if key != "signature"}
    return sign(primitives.new_sm2_key(), rest, key_id)
