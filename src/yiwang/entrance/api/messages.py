"""The inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Key
from yiwang.entrance.shell.access import SIGNED_IN, access
from yiwang.support.messages import queries as messages

router = Router(tags=["消息"])


class MessageOut(Schema):
    key: str
    title: str
    text: str
    subject: str
    sent_at: datetime
    read_at: datetime | None


@router.get("/messages", response=list[MessageOut], summary="消息")
@access(SIGNED_IN, scope="messages:read")
def list_messages(
    request: HttpRequest,
    after: Key | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    unread_only: bool = False,
) -> object:
    """My messages, newest first; ``after``: the key of the last one already seen."""
    return list(
        messages.list_messages(
            actor_of(request), after=after or "", limit=limit, unread_only=unread_only
        )
    )
