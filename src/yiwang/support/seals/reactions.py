"""What follows for seals from facts about nodes."""

from __future__ import annotations

from datetime import datetime

from yiwang.network.nodes.events import NodeJoined
from yiwang.support.seals import actions


def offer_sealing(*, event: NodeJoined, at: datetime, **_: object) -> None:
    """Whoever became a member may ask this host for seals."""
    del event
    actions.offer_sealing(at=at)
