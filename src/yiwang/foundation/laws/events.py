"""Facts of the library of laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsImported(Event):
    """A file was read into the library; what cites an article may stand on another text now."""

    name: ClassVar[str] = "laws.imported"
    file: str
    digest: str
    added: int
    changed: int
    refused: int
