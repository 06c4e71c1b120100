"""Facts the catalogue announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPublished(Event):
    """A version of an item was frozen and published."""

    name: ClassVar[str] = "catalogue.item_published"
    item_code: str
    version: int
    digest: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueImported(Event):
    """A catalogue file was taken over."""

    name: ClassVar[str] = "catalogue.imported"
    run: str
    file_digest: str
    accepted: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(Event):
    """An import was taken back; what was before is again."""

    name: ClassVar[str] = "catalogue.import_undone"
    run: str
