"""What follows for identity from facts about nodes."""

from __future__ import annotations

from datetime import datetime

from yiwang.network.nodes.events import NodeJoined
from yiwang.support.identity import actions


def offer_identity(*, event: NodeJoined, at: datetime, **_: object) -> None:
    """Whoever became a member may let people sign in by this host."""
    del event
    actions.offer_identity(at=at)
