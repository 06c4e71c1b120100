"""What a backup consists of, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

#: ``<backup folder>/…``; everything but public halves and signed heads is sealed.
BASES: Final = "base"
SEGMENTS: Final = "wal"
FILES: Final = "files"
KEYS: Final = "keys"
#: What lies signed outside the database: the journal's heads, the public ledger's checkpoints.
OUTSIDE: Final = ("journal-heads", "ledger")
REACH: Final = "reach.json"
SECRETS: Final = "secrets.sealed"
DATABASE: Final = "database.sealed"
MANIFEST: Final = "manifest.sealed"

#: A base copy a day; this many are kept, with the log since the oldest of them.
BASE_EVERY_HOURS: Final = 24
BASES_KEPT: Final = 7
#: How much may be lost at most when the whole machine is: one round of the follower.
FOLLOW_SECONDS: Final = 30.0


class Kind(StrEnum):
    """How the database was copied."""

    BLOCKS = "BLOCKS"  # the embedded server: to any moment since
    DUMP = "DUMP"  # a real server: to the moment it was taken


@dataclass(frozen=True, slots=True)
class Base:
    """One whole copy of the database. ``ended_at``: the earliest moment it can be brought back to."""

    key: str
    kind: Kind
    began_at: datetime
    ended_at: datetime
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the copied log reaches. ``marked_at``: a commit as late as this is in it."""

    until: datetime
    marked_at: datetime
    segment: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is brought back. ``until``: to which moment the log is replayed; None: to its end.

    ``moment``: how the database will stand.
    """

    base: Base
    until: datetime | None
    moment: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """For the console: what there is to fall back on. None: never."""

    folder: str
    last_base_at: datetime | None
    reaches_until: datetime | None
    last_drill_at: datetime | None
    last_drill_good: bool
