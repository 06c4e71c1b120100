"""Everything an auditor needs, as files: ``yiwang-verify audit`` computes all of it again.

Bodies of journal entries are in it (references and plain facts, no personal values): it is for the
authority that audits, not for publication.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from yiwang.foundation.ledger import nodes, outside, sources
from yiwang.foundation.ledger.definitions import JOURNAL, Source
from yiwang.foundation.ledger.rules.leaves import SALT_BYTES
from yiwang.foundation.ledger.rules.tiles import WIDTH
from yiwang.mechanisms.journal import queries as journal

FORMAT: Final = "yiwang-ledger-audit/1"
_PAGE: Final = 5000
_COPIES: Final = ("act", "subject", "actor", "is_event")
_TREES: Final = "SELECT name, algorithm, size FROM ledger_tree ORDER BY name"
_TILES: Final = (
    "SELECT level, index, nodes, top FROM ledger_tile WHERE tree = %s ORDER BY level, index"
)
_RUNS: Final = "SELECT first, hashes FROM ledger_run WHERE tree = %s ORDER BY first"
_CHECKPOINTS: Final = "SELECT body FROM ledger_checkpoint ORDER BY number"
_WITNESSES: Final = "SELECT body FROM ledger_witness_signature ORDER BY number, witness"


def export(folder: Path, *, at: datetime) -> dict[str, int]:
    """Write the ledger, the journal and what lies signed outside into an empty folder; tree → leaves."""
    folder.mkdir(parents=True)
    for place, target in ((outside.folder(), folder), (journal.heads_folder(), folder / "heads")):
        if place.exists():
            shutil.copytree(place, target, dirs_exist_ok=True)
    with transaction.atomic():
        trees = {name: (algorithm, size) for name, algorithm, size in _rows(_TREES)}
        kinds = {one.tree: one for one in sources.SOURCES if one.tree in trees}
        for name, source in kinds.items():
            _write_tree(folder, name)
            if name == JOURNAL:
                _write(folder / "journal.jsonl", _journal(name))
            else:
                _write(folder / f"leaves-{name}.jsonl", _leaves(source))
        _write(folder / "subjects.jsonl", journal.walk_subjects())
        (folder / "loose.json").write_text(json.dumps({"stray": journal.list_strays()}))
        for name, statement in (("checkpoints", _CHECKPOINTS), ("witnesses", _WITNESSES)):
            lines = [f"{body}\n" for (body,) in _rows(statement)]
            (folder / f"database-{name}.jsonl").write_text("".join(lines))
        sizes = {name: trees[name][1] for name in kinds}
        manifest = {
            "at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "format": FORMAT,
            "kinds": {name: source.kind for name, source in kinds.items()},
            "ledger": outside.own_name(),
            "trees": {
                name: {"algorithm": trees[name][0], "size": trees[name][1]} for name in kinds
            },
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return sizes


def _write_tree(folder: Path, tree: str) -> None:
    tiles = _rows(_TILES, [tree])
    rows = ([level, n, bytes(held).hex(), bytes(top).hex()] for level, n, held, top in tiles)
    _write(folder / f"tiles-{tree}.jsonl", rows)
    runs = ([first, bytes(hashes).hex()] for first, hashes in _rows(_RUNS, [tree]))
    _write(folder / f"runs-{tree}.jsonl", runs)


class _Salts:
    """The random parts of a tree, read a tile at a time."""

    def __init__(self, tree: str) -> None:
        self._tree, self._tile, self._held = tree, -1, b""

    def at(self, number: int) -> bytes:
        tile, place = divmod(number - 1, WIDTH)
        if tile != self._tile:
            self._tile, self._held = tile, nodes.read_salts(self._tree, tile)
        return self._held[place * SALT_BYTES : (place + 1) * SALT_BYTES]


def _journal(tree: str) -> Iterable[list[Any]]:
    salts = _Salts(tree)
    for row in journal.walk():
        position, entry_id, when, scheme, link, body, at, *copies = row
        salt = salts.at(position)
        told: Mapping[str, Any] | None = None
        if body is not None:
            told = dict(zip(_COPIES, copies, strict=True)) | {
                "at": at.astimezone(UTC).isoformat(timespec="microseconds")
            }
        yield [position, entry_id, when, scheme, bytes(link).hex(), body, told, salt.hex()]


def _leaves(source: Source) -> Iterable[list[Any]]:
    after, salts = 0, _Salts(source.tree)
    while rows := source.read(after, _PAGE):
        for number, digest in rows:
            yield [number, digest.hex(), salts.at(number).hex()]
        after = rows[-1][0]


def _write(path: Path, rows: Iterable[Any]) -> None:
    with path.open("w") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def _rows(statement: str, values: Iterable[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())
