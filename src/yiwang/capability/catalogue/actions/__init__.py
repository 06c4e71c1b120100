"""The catalogue's verbs."""

from yiwang.capability.catalogue.actions.importing import (
    CannotImport,
    CannotUndo,
    ImportReport,
    RowOutcome,
    import_items,
    undo_import,
)
from yiwang.capability.catalogue.actions.pausing import CannotPause, pause_item, resume_item
from yiwang.capability.catalogue.actions.publishing import CannotPublishItem, publish_item

__all__ = [
    "CannotImport",
    "CannotPause",
    "CannotPublishItem",
    "CannotUndo",
    "ImportReport",
    "RowOutcome",
    "import_items",
    "pause_item",
    "publish_item",
    "resume_item",
    "undo_import",
]
