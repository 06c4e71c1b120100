"""What the trees follow: one tree each, so that a number tells the leaf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.ledger.definitions import EXCHANGE, JOURNAL, Numbered, Source
from yiwang.foundation.ledger.rules.documents import plain
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import queries as journal


def block_document(block: exchange.BlockView) -> dict[str, object]:
    """A block of receipts as its leaf commits to it."""
    return {
        "at": block.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "count": block.count,
        "first_id": block.first_id,
        "last_id": block.last_id,
        "number": block.number,
        "previous": block.previous,
        "root": block.root,
        "signature": block.signature,
    }


def _list_blocks(after: int, limit: int) -> Sequence[Numbered]:
    blocks = exchange.list_blocks(after=after, limit=limit)
    return [(block.number, primitives.sm3(plain(block_document(block)))) for block in blocks]


SOURCES: Final = (
    Source(JOURNAL, 1, journal.list_links),
    Source(EXCHANGE, 2, _list_blocks),
)
