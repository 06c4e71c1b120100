"""Facts about nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTaken(Event):
    """A newer version of a configuration document is in force here; ``part``: “members”, “grants”."""

    name: ClassVar[str] = "nodes.document_taken"
    part: str
    audience: str
    version: int
