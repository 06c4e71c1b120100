"""The catalogue's verbs."""

from yiwang.capability.catalogue.actions.importing import (
    CannotImport,
    CannotUndo,
    ImportReport,
    RowOutcome,
    import_items,
    undo_import,
)
from yiwang.capability.catalogue.actions.publishing import CannotPublishItem, publish_item

__all__ = [
    "CannotImport",
    "CannotPublishItem",
    "CannotUndo",
    "ImportReport",
    "RowOutcome",
    "import_items",
    "publish_item",
    "undo_import",
]
