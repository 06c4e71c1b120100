"""Clearing away what nobody can use any more."""

from __future__ import annotations

from datetime import datetime

from yiwang.mechanisms.jobs.registry import every
from yiwang.support.identity import actions


@every(minutes=60, name="identity.offer")
def offer(*, at: datetime, **_: object) -> None:
    """At the host: every member may redeem codes, those that joined before this was there, too."""
    actions.offer_identity(at=at)


@every(minutes=1, name="identity.ask_host")
def ask_host(*, at: datetime, **_: object) -> None:
    """At a member: does the consent behind the living sessions still stand?"""
    actions.ask_host(at=at)


@every(minutes=60, name="identity.clear_away")
def clear_away(*, at: datetime, **_: object) -> None:
    """Ended sessions, old codes and old counters go; the journal keeps what happened."""
    actions.clear_away(at=at)
