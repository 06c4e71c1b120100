"""消息订阅: what a department's systems take, and the dead letters of their queues."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.exchange.topics import actions, queries
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS
from yiwang.kernel import moments

router = Router(tags=["消息订阅"])
Version = Annotated[int, Field(ge=1, le=999_999_999)]
Address = Annotated[str, Field(max_length=500)]
Reason = Annotated[str, Field(max_length=200)]


class SubscriptionOut(Schema):
    """One subscription. ``callback`` "": the system fetches itself. ``failure``: why it does not go on."""

    key: str
    topic: str
    system: str
    department: str
    grant_key: str
    purpose: str
    callback: str
    state: str
    granted: bool
    failure: str
    failures: int
    next_at: datetime | None
    fetched_at: datetime | None
    waiting: int
    dead: int
    oldest: datetime | None
    version: int


class SubscriptionPageOut(Schema):
    rows: list[SubscriptionOut]
    next: str


class SubscriptionIn(Schema):
    """``grant``: of the way MESSAGE; ``from_start``: all that is kept, not only what comes."""

    grant: Annotated[str, Field(max_length=16)]
    system: Annotated[str, Field(max_length=73)]
    purpose: Annotated[str, Field(min_length=1, max_length=200)]
    item: Annotated[str, Field(max_length=80)] = ""
    callback: Address = ""
    from_start: bool = False


class SubscriptionActIn(Schema):
    """``reason`` to stop and to end; ``callback`` to change it."""

    version: Version
    reason: Reason = ""
    callback: Address = ""


class DeadLetterOut(Schema):
    """A message nobody took: never its content."""

    message: str
    position: int
    published_at: datetime
    tries: int
    failure: str
    failure_label: str


class DeadLettersOut(Schema):
    rows: list[DeadLetterOut]


class DeadLetterActIn(Schema):
    """``reason`` to put it away."""

    reason: Reason = ""


@router.get("/data/subscriptions", response=SubscriptionPageOut, summary="消息订阅")
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:read")
def list_subscriptions(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """Those of my department's systems, with their queues."""
    rows = queries.list_subscriptions(actor_of(request), after=after, limit=limit)
    return {"rows": rows, "next": rows[-1].key if len(rows) == limit else ""}


@router.post("/data/subscriptions", response={201: SubscriptionOut}, summary="订阅")
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:write")
def subscribe(request: HttpRequest, body: SubscriptionIn) -> object:
    """A system of my department takes a topic; a private address is vouched for on the page."""
    actor = actor_of(request)
    key = actions.subscribe(**body.dict(), actor=actor, at=moments.now())
    return Status(201, queries.get_subscription(key, actor))


@router.get("/data/subscriptions/{subscription_key}", response=SubscriptionOut, summary="一项订阅")
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:read")
def get_subscription(request: HttpRequest, subscription_key: Key) -> object:
    return queries.get_subscription(subscription_key, actor_of(request))


@router.post(
    "/data/subscriptions/{subscription_key}/acts/{subscription_act}",
    response=SubscriptionOut,
    summary="停止、恢复、结束订阅，改回调地址",
)
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:write")
def act_on_subscription(
    request: HttpRequest,
    subscription_key: Key,
    subscription_act: Literal["stop", "go-on", "end", "callback"],
    body: SubscriptionActIn,
) -> object:
    actor, at = actor_of(request), moments.now()
    view = queries.get_subscription(subscription_key, actor)
    if subscription_act == "stop":
        actions.stop(key=view.key, version=body.version, reason=body.reason, actor=actor, at=at)
    elif subscription_act == "go-on":
        actions.go_on(key=view.key, version=body.version, actor=actor, at=at)
    elif subscription_act == "end":
        actions.end(key=view.key, version=body.version, reason=body.reason, actor=actor, at=at)
    else:
        actions.change_callback(
            key=view.key,
            version=body.version,
            callback=body.callback,
            private_ok=False,
            actor=actor,
            at=at,
        )
    return queries.get_subscription(view.key, actor)


@router.get(
    "/data/subscriptions/{subscription_key}/letters", response=DeadLettersOut, summary="死信"
)
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:read")
def list_letters(request: HttpRequest, subscription_key: Key, limit: Limit = 50) -> object:
    """The newest first."""
    actor = actor_of(request)
    view = queries.get_subscription(subscription_key, actor)
    letters = queries.list_dead(actor, subscription=view.key, limit=limit)
    return {"rows": [letter for _place, letter in letters]}


@router.post(
    "/data/letters/{dead_letter}/acts/{letter_act}",
    response=DeadLetterOut,
    summary="死信重新送达或不再送达",
)
@access(OFFICIAL, roles=SUBSCRIBERS, scope="data:write")
def act_on_letter(
    request: HttpRequest,
    dead_letter: Annotated[str, Field(pattern="^[0-9a-z]{16,32}$")],
    letter_act: Literal["again", "discard"],
    body: DeadLetterActIn,
) -> object:
    actor, at = actor_of(request), moments.now()
    view = queries.get_dead(dead_letter, actor)
    if letter_act == "again":
        actions.send_again(message=view.message, actor=actor, at=at)
    else:
        actions.discard(message=view.message, reason=body.reason, actor=actor, at=at)
    return queries.get_dead(view.message, actor)
