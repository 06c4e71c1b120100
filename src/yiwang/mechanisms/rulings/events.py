"""What rulings announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePublished(Event):
    """A decision table's version was frozen and may be used."""

    name: ClassVar[str] = "rulings.table_published"
    table: str
    version: int
    digest: str
