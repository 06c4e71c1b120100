"""上级平台: what goes up and came down; our requests to it, asked, amended, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.upper import actions, queries
from yiwang.foundation.upper.definitions import ASKERS, READERS
from yiwang.kernel import moments

router = Router(tags=["上级平台"])
Said = Annotated[str, Field(min_length=1, max_length=200)]
Version = Annotated[int, Field(ge=1, le=999_999_999)]


class UpperItemOut(Schema):
    """One thing on its way up, or from above. ``problem``: why it did not arrive yet."""

    key: str
    kind: str
    state: str
    title: str
    department: str
    upper_no: str
    agreed: bool | None
    words: str
    attempts: int
    next_try_at: datetime | None
    problem: str
    made_at: datetime
    version: int


class UpperPageOut(Schema):
    rows: list[UpperItemOut]
    next: str


class UpperRequestIn(Given):
    """A request to the platform above; ``department``: one's own credit code."""

    resource: Said
    purpose: Said
    fields: Said
    department: Annotated[str, Field(max_length=18)]


class UpperAmendIn(Given):
    version: Version
    purpose: Said
    fields: Said


class UpperRecallIn(Given):
    version: Version
    words: Said


@router.get("/data/upper", response=UpperPageOut, summary="上报和下达")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_upper(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """An office what it sent, who watches over sharing all of it; the newest first."""
    return queries.list_items(actor_of(request), after=after, limit=limit)


@router.post("/data/upper", response={201: UpperItemOut}, summary="向上级申请数据")
@access(OFFICIAL, roles=ASKERS, scope="data:write")
def ask_upper(request: HttpRequest, body: UpperRequestIn) -> object:
    """It goes up within a minute and is repeated until it was received."""
    view = actions.ask(**body.model_dump(), actor=actor_of(request), at=moments.now())
    return Status(201, view)


@router.post(
    "/data/upper/{upper_request}/amend", response={201: UpperItemOut}, summary="更正向上级的申请"
)
@access(OFFICIAL, roles=ASKERS, scope="data:write")
def amend_upper(request: HttpRequest, upper_request: Key, body: UpperAmendIn) -> object:
    """The request says something else from now on; goes up behind what was said of it before."""
    given = body.model_dump()
    view = actions.amend(key=upper_request, **given, actor=actor_of(request), at=moments.now())
    return Status(201, view)


@router.post(
    "/data/upper/{upper_request}/recall", response={201: UpperItemOut}, summary="撤回向上级的申请"
)
@access(OFFICIAL, roles=ASKERS, scope="data:write")
def recall_upper(request: HttpRequest, upper_request: Key, body: UpperRecallIn) -> object:
    """The request is taken back; goes up behind what was said of it before."""
    given = body.model_dump()
    view = actions.recall(key=upper_request, **given, actor=actor_of(request), at=moments.now())
    return Status(201, view)
