"""What the archive learns from cases that end or are taken up anew. Safe to hear twice."""

from __future__ import annotations

from yiwang.capability.archives import actions
from yiwang.capability.cases.events import CaseEvent


def become_due(*, event: CaseEvent, position: int, **_: object) -> None:
    """Delivered, refused, handed back, withdrawn, ended or taken back: all are archived."""
    actions.become_due(event=event, position=position)


def set_aside(*, event: CaseEvent, position: int, **_: object) -> None:
    """Reopened, or a decision taken back by a person: the case goes on."""
    actions.set_aside(event=event, position=position)
