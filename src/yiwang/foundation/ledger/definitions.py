"""Shapes and refusals of the public ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from yiwang.kernel.refusals import NotFound, Refusal

#: How checkpoints, leaves and proofs are written; stands in every one of them.
SCHEME: Final = 1
#: Tables that only ever grow. Runs make room for tiles, a salt may be forgotten: not those two.
APPEND_ONLY_TABLES: Final = (
    "ledger_alarm",
    "ledger_checkpoint",
    "ledger_seen",
    "ledger_tile",
    "ledger_witness_signature",
)
JOURNAL: Final = "journal"
EXCHANGE: Final = "exchange"


class AlarmKind(StrEnum):
    """What does not fit."""

    SOURCE_CHANGED = (
        "SOURCE_CHANGED"  # the journal or the receipts are not what the tree was made of
    )
    SHRUNK = "SHRUNK"  # our trees are shorter than what was signed, and no restore says why
    REWRITTEN = "REWRITTEN"  # our trees do not begin with what was signed
    NOT_EXTENDING = "NOT_EXTENDING"  # another node's checkpoint does not extend its last one
    RESTORED = "RESTORED"  # another node says it was brought back to an earlier moment
    REFUSED = "REFUSED"  # a witness found that ours does not extend what it had seen


class LedgerDiverged(Exception):
    """What a tree's leaves were made of is not what lies there now: nothing more is appended."""


class NodesMissing(Exception):
    """Hashes the tree must have are not in the database."""


class NotInLedgerYet(Refusal):
    """A tree follows its source within seconds, a checkpoint comes every minute. Nothing is broken: 409."""

    status = 409
    sentence = "这一条还没有进入签过名的检查点。"
    remedy = "检查点每分钟签一次，请过一两分钟再试。"


class NoSuchLeaf(NotFound):
    sentence = "公开账本里没有这个编号。"
    remedy = "请检查编号，最大的编号见公开账本页面上最新的检查点。"


class SaltForgotten(NotFound):
    """The random part of this leaf was destroyed with the matter it belonged to."""

    sentence = "这一条的随机数已经随原件一起销毁，不能再出证明。"
    remedy = "以前导出的证明文件仍然有效。"


#: (number, digest): what a leaf commits to.
Numbered = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """What a tree follows: rows numbered 1, 2, 3 … that never change. ``read(after, limit)``."""

    tree: str
    kind: int
    read: Callable[[int, int], Sequence[Numbered]]


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How one tree stood."""

    name: str
    hash: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed checkpoint: ``body`` is the line as it was signed, ``witnesses`` who countersigned."""

    number: int
    at: datetime
    trees: tuple[TreeHead, ...]
    body: Mapping[str, Any]
    witnesses: tuple[str, ...] = ()

    def tree(self, name: str) -> TreeHead | None:
        return next((tree for tree in self.trees if tree.name == name), None)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The way from a leaf's hash up to the root of a signed checkpoint."""

    tree: str
    hash: str
    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: str
    checkpoint: CheckpointView


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That one tree begins with the other."""

    tree: str
    hash: str
    first: int
    first_root: str
    second: int
    second_root: str
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something that does not fit. ``evidence``: the signed documents, as JSON."""

    key: int
    at: datetime
    ledger: str
    kind: AlarmKind
    digest: str
    evidence: str
