"""Verbs of the catalogue: writing, checking and publishing, taking off; noting what items need."""

from yiwang.foundation.resources.actions.changing import (
    ask_longer,
    consent_longer,
    decline_longer,
    finish_change,
    note_change,
    note_change_limit,
)
from yiwang.foundation.resources.actions.correcting import (
    CannotReport,
    correct,
    decline,
    read_whole,
    report_error,
    take_over,
)
from yiwang.foundation.resources.actions.importing import (
    CannotImportResources,
    CannotUndoResources,
    export_resources,
    import_resources,
    undo_import,
)
from yiwang.foundation.resources.actions.needs import note_needs
from yiwang.foundation.resources.actions.publishing import (
    CannotPublishResource,
    publish,
    send_back,
    withdraw,
)
from yiwang.foundation.resources.actions.timing import note_limit
from yiwang.foundation.resources.actions.writing import (
    CannotWriteResource,
    consent,
    discard,
    hand_back,
    submit,
    write,
)

__all__ = [
    "CannotImportResources",
    "CannotPublishResource",
    "CannotReport",
    "CannotUndoResources",
    "CannotWriteResource",
    "ask_longer",
    "consent",
    "consent_longer",
    "correct",
    "decline",
    "decline_longer",
    "discard",
    "export_resources",
    "finish_change",
    "hand_back",
    "import_resources",
    "note_change",
    "note_change_limit",
    "note_limit",
    "note_needs",
    "publish",
    "read_whole",
    "report_error",
    "send_back",
    "submit",
    "take_over",
    "undo_import",
    "withdraw",
    "write",
]
