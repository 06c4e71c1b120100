"""代理: my stand-ins, asking a colleague, ending one. Changing over needs a session."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key, Short
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import AccountKind

router = Router(tags=["代理"])


class StandInOut(Schema):
    """Who does whose work, from when until when; ``post``: only that post's."""

    key: str
    principal: str
    principal_name: str
    taker: str
    taker_name: str
    reason: str
    valid_from: datetime
    valid_until: datetime
    asked_by: str
    confirmed_by: str | None
    ended_at: datetime | None
    post: str
    post_name: str


class StandInIn(Given):
    """``taker``: the colleague's user name. ``post``: a post of mine, empty for all my work on cases."""

    taker: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Short
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    post: Annotated[str, Field(pattern=r"^([0-9a-hjkmnp-tv-z]{16})?$")] = ""


@router.get("/desk/stand-ins", response=list[StandInOut], summary="我的代理")
@access(OFFICIAL, scope="desk:read")
def list_stand_ins(request: HttpRequest) -> object:
    """What I gave or took that is not over."""
    return list(queries.list_stand_ins(actor_of(request).reference, at=moments.now()))


@router.post("/desk/stand-ins", response={201: StandInOut}, summary="请同事代理")
@access(OFFICIAL, scope="desk:write")
def ask_stand_in(request: HttpRequest, body: StandInIn) -> object:
    """It counts once an administrator has confirmed it."""
    actor, at = actor_of(request), moments.now()
    me = queries.find_account(actor.reference)
    other = account_named(body.taker, "taker")
    view = identity.ask_stand_in(
        principal=me.key if me else "", taker=other, reason=body.reason, post=body.post,
        valid_from=max(body.valid_from, at), valid_until=body.valid_until, actor=actor, at=at,
    )  # fmt: skip
    return Status(201, view)


@router.post("/desk/stand-ins/{stand_in_key}/end", response=StandInOut, summary="结束代理")
@access(OFFICIAL, scope="desk:write")
def end_stand_in(request: HttpRequest, stand_in_key: Key) -> object:
    """By either of the two, or who administers the place."""
    return identity.end_stand_in(stand_in=stand_in_key, actor=actor_of(request), at=moments.now())


def account_named(user_name: str, field: str) -> str:
    """The key of a working account; ``InvalidInput`` names the field."""
    found = queries.find_account_by_user_name(user_name.strip(), AccountKind.OFFICIAL)
    if found is None or not found.active:
        raise InvalidInput(fields=[FieldProblem(field, "没有这个工作账号。", "请核对用户名。")])
    return found.key
