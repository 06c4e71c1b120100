"""Reviews and the follow-up of bad ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.reviews import actions as review_actions
from yiwang.capability.reviews import queries as reviews
from yiwang.capability.reviews.definitions import Channel
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit, Reason
from yiwang.entrance.shell.access import CITIZEN, OFFICIAL, SIGNED_IN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF

router = Router(tags=["评价"])
Level = Annotated[int, Field(ge=1, le=5)]
Version = Annotated[int, Field(ge=0, le=2**31)]
Tag = Literal["efficiency", "guide", "convenience", "platform", "attitude", "skill"]
Text = Annotated[str, StringConstraints(max_length=500)]
_STAFF = CASE_STAFF


class ReviewIn(Given):
    level: Level
    tags: list[Tag] = Field(default_factory=list, max_length=6)
    text: Text = ""


class ReviewOut(Schema):
    key: str
    level: int
    level_label: str
    tags: list[str]
    text: str
    channel: str
    given_at: datetime
    item_code: str
    counted: bool
    rectification: str


class ReviewPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[ReviewOut]
    next: str


class OrderActOut(Schema):
    at: datetime
    label: str
    note: str


class OrderOut(Schema):
    """A bad review's follow-up; never who wrote the review."""

    key: str
    state: str
    state_label: str
    complex: bool
    contact_by: date | None
    answer_by: date | None
    answer: str
    answer_text: str
    second_level: int | None
    version: int
    opened_at: datetime
    review: ReviewOut
    acts: list[OrderActOut]


class OrderPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[OrderOut]
    next: str


class ContactIn(Given):
    """``note``: what the reviewer reads in the inbox."""

    version: Version
    note: Reason
    complex_matter: bool = False


class OrderAnswerIn(Given):
    version: Version
    answer: Literal["CORRECTED", "EXPLAINED"]
    text: Reason


class AgainIn(Given):
    version: Version
    level: Level
    text: Text = ""


class OrderSeenIn(Given):
    version: Version


@router.post("/cases/{key}/review", response=ReviewOut, summary="评价")
@access(CITIZEN, scope="reviews:write", own=True)
def give_review(request: HttpRequest, key: Key, body: ReviewIn) -> object:
    """Say how a handling was, once: 1 very satisfied to 5 very dissatisfied."""
    actor, at = actor_of(request), moments.now()
    case = cases.get_case(key, actor, at=at)
    return journey.review(
        case_key=key,
        handling=case.reference,
        level=body.level,
        tags=body.tags,
        text=body.text,
        channel=Channel.API,
        actor=actor,
        at=at,
    )


@router.get("/reviews", response=ReviewPageOut, summary="评价列表")
@access(SIGNED_IN, scope="reviews:read")
def list_reviews(request: HttpRequest, after: After = "", limit: Limit = 50) -> object:
    """My reviews; for an official those about the body, without their authors; newest first."""
    return reviews.list_reviews(actor_of(request), after=after, limit=limit)


@router.get("/rectifications", response=OrderPageOut, summary="整改单")
@access(SIGNED_IN, scope="reviews:read")
def list_orders(
    request: HttpRequest,
    state: Literal["", "OPEN", "CONTACTED", "ANSWERED", "CLOSED", "NOT_COUNTED"] = "",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """Follow-ups the asker may see, oldest first."""
    return reviews.list_orders(
        actor_of(request), at=moments.now(), state=state, after=after, limit=limit
    )


@router.get("/rectifications/{key}", response=OrderOut, summary="一张整改单")
@access(SIGNED_IN, scope="reviews:read")
def get_order(request: HttpRequest, key: Key) -> object:
    """One follow-up."""
    return reviews.get_order(key, actor_of(request), at=moments.now())


@router.post(
    "/rectifications/{key}/contact", response=OrderOut, summary="联系评价人", tags=["整改"]
)
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def contact(request: HttpRequest, key: Key, body: ContactIn) -> object:
    """Write to the reviewer without learning who it is; a complex matter gets fifteen working days."""
    return review_actions.contact(
        key=key,
        version=body.version,
        note=body.note,
        complex_matter=body.complex_matter,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/rectifications/{key}/answer", response=OrderOut, summary="答复", tags=["整改"])
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def answer(request: HttpRequest, key: Key, body: OrderAnswerIn) -> object:
    """What was corrected, or why there is no legal basis."""
    return review_actions.answer(
        key=key,
        version=body.version,
        answer=body.answer,
        text=body.text,
        actor=actor_of(request),
        at=moments.now(),
    )


@router.post("/rectifications/{key}/close", response=OrderOut, summary="办结", tags=["整改"])
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def close(request: HttpRequest, key: Key, body: OrderSeenIn) -> object:
    """No second review came: the answered follow-up is closed."""
    return review_actions.close(
        key=key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/rectifications/{key}/review-again", response=OrderOut, summary="再次评价")
@access(CITIZEN, scope="reviews:write", own=True)
def review_again(request: HttpRequest, key: Key, body: AgainIn) -> object:
    """The reviewer judges the answer; that closes the follow-up."""
    return review_actions.review_again(
        key=key,
        version=body.version,
        level=body.level,
        text=body.text,
        actor=actor_of(request),
        at=moments.now(),
    )
