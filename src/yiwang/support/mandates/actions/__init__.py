"""The verbs of mandates."""

from yiwang.support.mandates.actions.agreeing import accept, decline, grant, propose, revoke
from yiwang.support.mandates.actions.counter import close_counter, open_counter
from yiwang.support.mandates.actions.papers import (
    confirm_paper,
    end_paper,
    read_paper,
    record_paper,
)

__all__ = [
    "accept",
    "close_counter",
    "confirm_paper",
    "decline",
    "end_paper",
    "grant",
    "open_counter",
    "propose",
    "read_paper",
    "record_paper",
    "revoke",
]
