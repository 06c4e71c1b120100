"""Background work of licences: the PDF."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs.registry import task
from yiwang.support.licences import actions


@task("licences.render_pdf")
def render_pdf(*, licence: str, actor: Actor, at: datetime, **_: object) -> None:
    """Print one licence; a second run changes nothing."""
    actions.print_licence(key=licence, actor=actor, at=at)
