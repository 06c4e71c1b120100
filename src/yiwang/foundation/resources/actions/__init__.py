"""Verbs of the catalogue: writing, checking and publishing, taking off; noting what items need."""

from yiwang.foundation.resources.actions.bases import look_at_bases
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
from yiwang.foundation.resources.actions.standard_publishing import (
    StandardInUse,
    publish_standard,
    send_back_standard,
    withdraw_standard,
)
from yiwang.foundation.resources.actions.standard_sheets import (
    export_standards,
    import_standards,
    undo_standards,
)
from yiwang.foundation.resources.actions.standards import (
    CannotWriteStandard,
    discard_standard,
    propose_standard,
    submit_standard,
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
    "CannotWriteStandard",
    "StandardInUse",
    "ask_longer",
    "consent",
    "consent_longer",
    "correct",
    "decline",
    "decline_longer",
    "discard",
    "discard_standard",
    "export_resources",
    "export_standards",
    "finish_change",
    "hand_back",
    "import_resources",
    "import_standards",
    "look_at_bases",
    "note_change",
    "note_change_limit",
    "note_limit",
    "note_needs",
    "propose_standard",
    "publish",
    "publish_standard",
    "read_whole",
    "report_error",
    "send_back",
    "send_back_standard",
    "submit",
    "submit_standard",
    "take_over",
    "undo_import",
    "undo_standards",
    "withdraw",
    "withdraw_standard",
    "write",
]
