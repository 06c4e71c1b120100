"""Background work of letters: the PDF."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import task
from yiwang.support.letters import actions


@task("letters.render_pdf")
def render_pdf(*, letter: str, actor: Actor, at: datetime, **_: object) -> None:
    """Print one letter; a second run changes nothing."""
    actions.print_letter(key=letter, actor=actor, at=at)
