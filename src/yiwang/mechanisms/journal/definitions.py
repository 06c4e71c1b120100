"""Shapes and refusals of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yiwang.kernel.refusals import Refusal, TryLater

#: What an entry may say about an act: references and plain facts, never personal values.
Fact = str | int | bool | Sequence[str] | None
Facts = Mapping[str, Fact]

#: How the chain is computed; stored with every link (see docs/look-up/journal.md).
SCHEME: Final = 1
GENESIS: Final = bytes(32)

#: Tables that only ever grow: no UPDATE, DELETE or TRUNCATE for the application's role.
APPEND_ONLY_TABLES: Final = ("journal_entry", "journal_subject", "journal_link")

#: The act of opening a record with unmasked personal data.
READ: Final = "READ"


class NoOpenTransaction(RuntimeError):
    """An entry belongs to the transaction of the act it tells of; open one first."""


class PersonalValueInJournal(ValueError):
    """A citizen identity or phone number was about to enter the journal: write a reference."""


class NotSealedYet(TryLater):
    """The newest entries have no number yet; a second later they have."""

    sentence = "这件事最近的日志还没有编号封存。"
    remedy = "请过几秒再试。"


class CannotRetry(Refusal):
    sentence = "这个对象已经不在搁置名单里。"
    remedy = "请刷新页面查看最新情况。"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal. ``position`` is None until the sealer has numbered it."""

    entry_id: int
    position: int | None
    at: datetime
    act: str
    subject: str
    actor: str
    actor_kind: str
    on_behalf_of: str | None
    purpose: str
    result: str
    facts: Mapping[str, Fact]
    subjects: tuple[str, ...]
    request_id: str
    is_event: bool
    mandate: str = ""  # the key of the mandate it was done under


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind a reader of the journal is."""

    name: str
    position: int
    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Parked:
    """A subject one listener could not handle; its later facts wait behind it, in order."""

    key: int
    listener: str
    subject: str
    waiting: int
    first_position: int
    attempts: int
    state: str
    next_try_at: datetime | None
    parked_at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of the listeners did; ``passed``: positions their checkpoints moved by."""

    heard: int = 0
    parked: int = 0
    retried: int = 0
    passed: int = 0
