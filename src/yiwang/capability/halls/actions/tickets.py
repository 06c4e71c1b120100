"""One step of one number with its entry, and columns of one locked turn."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.halls.definitions import TICKETS
from yiwang.capability.halls.models import CounterSession, QueueTicket
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party


def move(row: QueueTicket, act: str, actor: Actor, at: datetime, **changes: object) -> None:
    """``call``, ``call_again``, ``no_show`` or ``finish``; the row is locked. Refuses ``CannotDo``."""
    states.move(
        row, machine=TICKETS, act=act, role=Party.OFFICIAL, version=row.version, facts={},
        changes=changes,
    )  # fmt: skip
    journal.record(
        actor=actor, act=f"halls.{act}", subject=row.reference, at=at,
        facts={"number": row.number, "calls": row.calls},
    )  # fmt: skip


def change(row: CounterSession, **columns: object) -> None:
    """New values for columns of a locked turn; its version rises."""
    changed = {**columns, "version": row.version + 1}
    CounterSession.objects.filter(pk=row.pk).update(**changed)
    for column, value in changed.items():
        setattr(row, column, value)


def close_turn(row: CounterSession, at: datetime) -> None:
    """Nobody is in front of the window any more."""
    change(row, ended_at=at)
