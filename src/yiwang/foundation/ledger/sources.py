"""What the trees follow: one tree each, so that a number tells the leaf."""

from __future__ import annotations

from typing import Final

from yiwang.foundation.ledger.definitions import JOURNAL, Source
from yiwang.mechanisms.journal import queries as journal

SOURCES: Final = (Source(JOURNAL, 1, journal.list_links),)
