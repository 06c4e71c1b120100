"""One whole copy: first everything a row may refer to, then the rows, then everything once more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from yiwang.cloud.backup import definitions as names
from yiwang.cloud.backup import rules, vault
from yiwang.cloud.backup.actions.following import Follower, follow_files
from yiwang.cloud.backup.definitions import BASES_KEPT, Base, Kind
from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage.definitions import Address
from yiwang.kernel.moments import now
from yiwang.kernel.references import new_key
from yiwang.mechanisms.crypto import actions as crypto

#: What under ``secrets`` is no key and is needed to open the database again.
_KEPT_SECRETS: Final = ("database-admin", "database-owner", "database-app")


def take(*, home: Path, folder: Path) -> Base:
    """A whole copy of the embedded installation that is running. CannotBackUp, CannotCopyDatabase."""
    return _take(home, folder, Kind.BLOCKS, storage.stream_base(home))


def take_dump(*, home: Path, folder: Path, address: Address) -> Base:
    """The same with a real server behind it: its database at one snapshot."""
    return _take(home, folder, Kind.DUMP, storage.stream_dump(address))


def _take(home: Path, folder: Path, kind: Kind, chunks: Iterable[bytes]) -> Base:
    began_at, key = now(), new_key()
    _keep_secrets(home, folder)
    follow_files(home, folder)
    size = vault.write(folder, vault.database_of(key), chunks)
    ended_at = now() if kind is Kind.BLOCKS else began_at
    follow_files(home, folder)  # what came while the rows were copied
    path = folder / vault.database_of(key)
    digest = crypto.digest_stream(vault.digest_of(path))
    base = Base(key, kind, began_at, ended_at, size, digest)
    vault.write_manifest(folder, base)
    _let_go(folder, ended_at)
    return base


def _keep_secrets(home: Path, folder: Path) -> None:
    """Passwords of the database, sealed; the master key is never in a backup."""
    found = {
        name: (home / "secrets" / name).read_text()
        for name in _KEPT_SECRETS
        if (home / "secrets" / name).exists()
    }
    vault.write(folder, names.SECRETS, [json.dumps(found).encode()])


def _let_go(folder: Path, at: datetime) -> None:
    """Bases beyond those that are kept, and the log before the oldest that stays."""
    del at
    bases = vault.list_bases(folder)
    for base in rules.superfluous(bases, BASES_KEPT):
        shutil.rmtree(folder / names.BASES / base.key)
    kept = vault.list_bases(folder)
    if kept:
        Follower.forget_before(folder, kept[0].began_at)
