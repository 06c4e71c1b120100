"""目录变动: what the catalogue has to follow, and by when (条例 17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Clock, Given, Key, Limit, Words
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.changes import Cause
from yiwang.foundation.resources.definitions.codes import KEEPERS, ON_THE_WAY
from yiwang.kernel import moments

router = Router(tags=["数据资源目录"])


class CatalogueChangeOut(Schema):
    """One change. ``acts``: what I may do now, act and its name."""

    key: str
    resource: str
    department: str
    department_name: str
    cause: str
    basis: str
    what: str
    happened_on: date
    state: str
    state_label: str
    version: int
    longer: str
    longer_words: str
    due_on: date
    done_at: datetime | None
    clock: Clock | None
    acts: list[tuple[str, str]]


class CatalogueChangePageOut(Schema):
    rows: list[CatalogueChangeOut]
    next: str


class CatalogueChangeIn(Given):
    """``resource``: the key of what has to change; "" where there is no entry yet."""

    department: Annotated[str, Field(min_length=18, max_length=18)]
    cause: Cause
    basis: Annotated[str, Field(min_length=1, max_length=300)]
    what: Annotated[str, Field(min_length=1, max_length=500)]
    happened_on: date
    resource: Annotated[str, Field(max_length=16)] = ""


class CatalogueChangeActIn(Given):
    version: Annotated[int, Field(ge=1, le=10**9)]
    words: Words = ""


_VERBS: Final[Mapping[str, tuple[Callable[..., Any], bool]]] = {
    "ask_longer": (resource_actions.ask_longer, True),
    "consent_longer": (resource_actions.consent_longer, False),
    "decline_longer": (resource_actions.decline_longer, False),
    "done": (resource_actions.finish_change, True),
}
Verb = Annotated[str, Field(pattern="^(ask_longer|consent_longer|decline_longer|done)$")]


@router.get("/data/changes", response=CatalogueChangePageOut, summary="目录变动")
@access(OFFICIAL, roles=ON_THE_WAY, scope="data:read")
def list_changes(
    request: HttpRequest,
    state: Annotated[str, Query(pattern="^(OPEN|DONE)$")] = "OPEN",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """Those of my body or place, newest first."""
    return resources.list_changes(
        actor_of(request), at=moments.now(), state=state, after=after, limit=limit
    )


@router.post("/data/changes", response={201: CatalogueChangeOut}, summary="登记目录变动")
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def note_change(request: HttpRequest, body: CatalogueChangeIn) -> object:
    """Ten working days from the day it happened."""
    made = resource_actions.note_change(
        **body.model_dump(), actor=actor_of(request), at=moments.now()
    )
    return Status(201, made)


@router.get("/data/changes/{catalogue_change}", response=CatalogueChangeOut, summary="一次变动")
@access(OFFICIAL, roles=ON_THE_WAY, scope="data:read")
def get_change(request: HttpRequest, catalogue_change: Key) -> object:
    return resources.get_change(catalogue_change, actor_of(request), at=moments.now())


@router.post(
    "/data/changes/{catalogue_change}/acts/{act}",
    response=CatalogueChangeOut,
    summary="办理目录变动",
)
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def act_on_change(
    request: HttpRequest, catalogue_change: Key, act: Verb, body: CatalogueChangeActIn
) -> object:
    """Five days more, the authority's answer to that, or done."""
    verb, says = _VERBS[act]
    said = {"words": body.words} if says else {}
    return verb(
        key=catalogue_change, version=body.version, **said, actor=actor_of(request),
        at=moments.now(),
    )  # fmt: skip
