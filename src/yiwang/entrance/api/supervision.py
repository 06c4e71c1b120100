"""电子监察 for programs: cards, their explanation, taking them back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.entrance.api.cases import SeenIn
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Key
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.governance.supervision import actions, queries
from yiwang.governance.supervision.definitions import CardStatus
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF, Role

router = Router(tags=["电子监察"])
_READERS = (*CASE_STAFF, Role.LEADER)
_STAFF = CASE_STAFF


class CardQuery(Given):
    status: CardStatus = CardStatus.OPEN
    department: Annotated[str, Field(pattern=r"^([0-9A-Z]{18})?$")] = ""
    after: Annotated[str, Field(max_length=16)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CardOut(Schema):
    """``level``: to which superior it has come; ``acts``: what this actor may do."""

    key: str
    colour: str
    state: str
    state_label: str
    version: int
    subject: str
    matter: str
    matter_label: str
    division_code: str
    department: str
    department_name: str
    official_name: str
    due_on: date
    issued_at: datetime
    basis: str
    level: int
    settled_at: datetime | None
    explanation: str
    explained_at: datetime | None
    cancel_reason: str
    cancelled_at: datetime | None
    acts: list[str]


class CardPageOut(Schema):
    rows: list[CardOut]
    next: str


class CardTextIn(SeenIn):
    text: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("/supervision/cards", response=CardPageOut, summary="黄牌和红牌")
@access(OFFICIAL, roles=_READERS, scope="desk:read")
def list_cards(request: HttpRequest, query: Query[CardQuery]) -> object:
    """Of one's body, or of those one oversees; the newest first."""
    return queries.list_cards(
        actor_of(request),
        status=query.status,
        department=query.department,
        after=query.after,
        limit=query.limit,
    )


@router.get("/supervision/cards/{card_key}", response=CardOut, summary="一张牌")
@access(OFFICIAL, roles=_READERS, scope="desk:read")
def get_card(request: HttpRequest, card_key: Key) -> object:
    """With everything written on it."""
    return queries.get_card(card_key, actor_of(request))


@router.post("/supervision/cards/{card_key}/explain", response=CardOut, summary="说明原因")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def explain(request: HttpRequest, card_key: Key, body: CardTextIn) -> object:
    """The body says why; then it goes to no superior any more."""
    return actions.explain(
        key=card_key, version=body.version, text=body.text,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/supervision/cards/{card_key}/ask-cancel", response=CardOut, summary="申请撤销")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def ask_cancel(request: HttpRequest, card_key: Key, body: CardTextIn) -> object:
    """With the reason; another person decides."""
    return actions.ask_cancel(
        key=card_key, version=body.version, reason=body.text,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip


@router.post("/supervision/cards/{card_key}/confirm-cancel", response=CardOut, summary="核定撤销")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def confirm_cancel(request: HttpRequest, card_key: Key, body: SeenIn) -> object:
    """The second person takes it back."""
    return actions.confirm_cancel(
        key=card_key, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post("/supervision/cards/{card_key}/decline-cancel", response=CardOut, summary="不撤销")
@access(OFFICIAL, roles=_STAFF, scope="desk:write")
def decline_cancel(request: HttpRequest, card_key: Key, body: SeenIn) -> object:
    """The second person lets it stand."""
    return actions.decline_cancel(
        key=card_key, version=body.version, actor=actor_of(request), at=moments.now()
    )
