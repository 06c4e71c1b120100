"""The journal's verbs."""

from yiwang.mechanisms.journal.actions.extracting import extract
from yiwang.mechanisms.journal.actions.heads import write_head, write_restoration
from yiwang.mechanisms.journal.actions.listening import run_listeners
from yiwang.mechanisms.journal.actions.parking import close_parked, retry_parked
from yiwang.mechanisms.journal.actions.recording import announce, record
from yiwang.mechanisms.journal.actions.sealing import seal

__all__ = [
    "announce",
    "close_parked",
    "extract",
    "record",
    "retry_parked",
    "run_listeners",
    "seal",
    "write_head",
    "write_restoration",
]
