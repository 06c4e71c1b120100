"""Background work of the journey."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.journey import machine
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.task("cases.after_submission")
def after_submission(*, case: str, actor: Actor, at: datetime) -> None:
    """Decide by rule or pass on; a citizen waits for it."""
    machine.after_submission(case_key=case, actor=actor, at=at)


@registry.task("cases.write_receipt")
def write_receipt(*, case: str, actor: Actor, at: datetime) -> None:
    """The letter that says what was received."""
    machine.write_receipt(case_key=case, actor=actor, at=at)
