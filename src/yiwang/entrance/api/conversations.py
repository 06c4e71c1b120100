"""Messages between applicant and official about a case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Query, Router, Schema
from pydantic import StringConstraints

from yiwang.capability.conversations import queries as conversations
from yiwang.capability.journey import together
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Clock, Given, Key
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["留言"])
Once = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,64}$"),
    Header(alias="Idempotency-Key"),
]


class RemarkFileOut(Schema):
    key: str
    filename: str


class RemarkOut(Schema):
    key: str
    number: int
    side: str
    who: str
    text: str
    asks: bool
    said_at: datetime
    read: bool
    mine: bool
    files: list[RemarkFileOut]


class ConversationOut(Schema):
    """``turn``: who should write next. ``clock``: the office's promise to answer; never the applicant's."""

    turn: str
    turn_label: str
    remarks: list[RemarkOut]
    unread: int
    clock: Clock | None
    may_write: bool
    earlier: bool


class WaitingOut(Schema):
    key: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    last_at: datetime
    clock: Clock | None


class WaitingPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[WaitingOut]
    next: str


class RemarkIn(Given):
    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class ReplyIn(RemarkIn):
    """``asks``: the office wants an answer; nothing stops meanwhile."""

    asks: bool = False


class ReadOut(Schema):
    unread: int


@router.get("/cases/{key}/conversation", response=ConversationOut, summary="留言")
@access(SIGNED_IN, scope="cases:read")
def get_conversation(
    request: HttpRequest, key: Key, before: Annotated[int, Query(ge=0, le=2**31)] = 0
) -> object:
    """The newest fifty messages, or those before a number; an official's opening is written down."""
    return together.read_talk(key, actor_of(request), at=moments.now(), before=before)


@router.post("/cases/{key}/conversation", response=ConversationOut, summary="给承办人留言")
@access(CITIZEN, scope="cases:write")
def say(request: HttpRequest, key: Key, body: RemarkIn, idempotency_key: Once) -> object:
    """Write to the official. The same key again is the same message."""
    return together.say(
        case_key=key,
        text=body.text,
        idempotency_key=idempotency_key,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/conversation/read", response=ReadOut, summary="标为已读")
@access(CITIZEN, scope="cases:write")
def mark_read(request: HttpRequest, key: Key) -> object:
    """I have read everything so far; how many were unread."""
    unread = together.mark_talk_read(case_key=key, actor=actor_of(request), at=moments.now())
    return {"unread": unread}


@router.post("/cases/{key}/conversation/reply", response=ConversationOut, summary="给申请人留言")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def reply(request: HttpRequest, key: Key, body: ReplyIn, idempotency_key: Once) -> object:
    """Write to the applicant; a question stops no clock."""
    return together.say(
        case_key=key,
        text=body.text,
        asks=body.asks,
        idempotency_key=idempotency_key,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/cases/{key}/conversation/settle", response=ConversationOut, summary="不用回复")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:write")
def settle(request: HttpRequest, key: Key) -> object:
    """The office has seen it and nothing is to be answered."""
    return together.settle_talk(case_key=key, actor=actor_of(request), at=moments.now())


@router.get("/conversations", response=WaitingPageOut, summary="等我们回复的留言")
@access(OFFICIAL, roles=CASE_STAFF, scope="desk:read")
def list_waiting(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=16)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """Conversations that wait for our body, the longest waiting first."""
    return conversations.list_waiting(actor_of(request), at=moments.now(), after=after, limit=limit)
