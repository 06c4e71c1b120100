"""Verbs of the catalogue: writing, checking and publishing, taking off; noting what items need."""

from yiwang.foundation.resources.actions.needs import note_needs
from yiwang.foundation.resources.actions.publishing import (
    CannotPublishResource,
    publish,
    send_back,
    withdraw,
)
from yiwang.foundation.resources.actions.writing import (
    CannotWriteResource,
    discard,
    submit,
    write,
)

__all__ = [
    "CannotPublishResource",
    "CannotWriteResource",
    "discard",
    "note_needs",
    "publish",
    "send_back",
    "submit",
    "withdraw",
    "write",
]
