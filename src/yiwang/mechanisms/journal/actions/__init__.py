"""The journal's verbs."""

from yiwang.mechanisms.journal.actions.recording import announce, record

__all__ = ["announce", "record"]
