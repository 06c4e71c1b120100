"""数据资源目录: resources and their versions, written and checked as on the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Given, Short
from yiwang.entrance.shell.access import ANYONE, OFFICIAL, access
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import (
    Content,
    ResourceFilter,
    ResourceView,
    VersionView,
)
from yiwang.foundation.resources.definitions.codes import CHECKERS, KEEPERS, READERS, WRITERS
from yiwang.kernel import moments
from yiwang.kernel.actor import ANONYMOUS
from yiwang.kernel.refusals import InvalidInput

router = Router(tags=["数据资源目录"])
Count = Annotated[int, Field(ge=1, le=200)]


class ResourceRowOut(Schema):
    key: str
    code: str
    name: str
    kind: str
    provider: str
    provider_name: str
    sharing: str
    opening: str
    data_class: str
    grade: int
    state: str
    number: int
    published_at: datetime | None
    items: int


class ResourcePageOut(Schema):
    """``next``: give it as ``after`` for the following page."""

    rows: list[ResourceRowOut]
    next: str


class ResourceServiceOut(Schema):
    """One service or topic of a resource. ``way``: what a grant has to name to open it."""

    code: str
    title: str
    way: str


class DatumOut(Schema):
    name: str
    label: str
    kind: str
    length: int
    grade: int
    element: str
    mask: str
    authoritative: bool


class ResourceOut(Schema):
    """``closed``: why it cannot be asked for, empty when it must be shared."""

    key: str
    code: str
    name: str
    kind: str
    provider: str
    provider_name: str
    summary: str
    format: str
    sharing: str
    condition: str
    basis: str
    ways: list[str]
    opening: str
    cycle: str
    data_class: str
    grade: int
    state: str
    number: int
    closed: str
    items: list[DatumOut]


class DatumIn(Given):
    name: Annotated[str, Field(max_length=60)]
    label: Annotated[str, Field(max_length=80)]
    kind: Annotated[str, Field(max_length=20)] = "TEXT"
    length: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    grade: Annotated[int, Field(ge=1, le=4)] = 1
    element: Annotated[str, Field(max_length=60)] = ""
    mask: Annotated[str, Field(max_length=20)] = "NONE"
    authoritative: bool = False


class ResourceIn(Given):
    """The core metadata; ``version``: of the draft one saw, 0 where there was none."""

    version: Annotated[int, Field(ge=0, le=10**9)] = 0
    code: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=120)]
    kind: Annotated[str, Field(max_length=20)]
    provider: Annotated[str, Field(max_length=18)]
    summary: Annotated[str, Field(max_length=1000)]
    format: Annotated[str, Field(max_length=20)] = "DATABASE"
    sharing: Annotated[str, Field(max_length=20)]
    condition: Annotated[str, Field(max_length=500)] = ""
    basis_law: Annotated[str, Field(max_length=120)] = ""
    basis_article: Annotated[str, Field(max_length=40)] = ""
    ways: list[str] = Field(default_factory=list, max_length=6)
    opening: Annotated[str, Field(max_length=20)] = "NONE"
    opening_condition: Annotated[str, Field(max_length=500)] = ""
    cycle: Annotated[str, Field(max_length=20)] = "DAILY"
    data_class: Annotated[str, Field(max_length=20)] = "GENERAL"
    grade: Annotated[int, Field(ge=1, le=4)] = 1
    officer: Annotated[str, Field(max_length=60)] = ""
    related: list[str] = Field(default_factory=list, max_length=50)
    items: list[DatumIn] = Field(default_factory=list, max_length=500)


class ResourceVersionOut(Schema):
    key: str
    resource: str
    code: str
    number: int
    state: str
    version: int
    submitted_at: datetime | None
    due_on: date | None
    remark: str


class VersionIn(Given):
    """``version``: what one saw."""

    version: Annotated[int, Field(ge=1, le=10**9)]


class VersionHandIn(VersionIn):
    """``assessment``: what was assessed of secrecy and personal data, for the head (条例 13)."""

    assessment: Annotated[str, Field(min_length=1, max_length=500)]


class VersionBackIn(VersionIn):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("/data/open", response=ResourcePageOut, summary="开放的数据资源")
@access(ANYONE)
def list_open(request: HttpRequest, q: str = "", after: str = "", limit: Count = 50) -> object:
    """What anybody may see, by code."""
    del request
    wanted = ResourceFilter(text=q[:60])
    return resources.list_resources(ANONYMOUS, filter=wanted, after=after[:16], limit=limit)


@router.get("/data/resources", response=ResourcePageOut, summary="数据资源目录")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_resources(
    request: HttpRequest,
    q: str = "",
    kind: str = "",
    sharing: str = "",
    provider: str = "",
    state: str = "",
    after: str = "",
    limit: Count = 50,
) -> object:
    """By code; drafts only of one's own bodies."""
    wanted = ResourceFilter(q[:60], kind[:20], sharing[:20], provider[:18], state[:20])
    return resources.list_resources(actor_of(request), filter=wanted, after=after[:16], limit=limit)


@router.get("/data/resources/{resource_key}", response=ResourceOut, summary="一项数据资源")
@access(OFFICIAL, roles=READERS, scope="data:read")
def get_resource(request: HttpRequest, resource_key: Short) -> object:
    """The version in force; the draft while none was published."""
    return _resource(resources.read_resource(resource_key, actor_of(request)))


@router.get(
    "/data/resources/{resource_key}/services",
    response=list[ResourceServiceOut],
    summary="一项数据资源怎样取用",
)
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_services_of(request: HttpRequest, resource_key: Short) -> object:
    """The services and topics of this node it is handed out by, with the way of sharing each needs."""
    found = resources.read_resource(resource_key, actor_of(request))
    return [
        {"code": one.code, "title": one.title, "way": one.kind}
        for one in exchange.list_services_of(found.code)
    ]


@router.post("/data/resources", response=ResourceVersionOut, summary="写一版目录")
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def write(request: HttpRequest, body: ResourceIn) -> object:
    """A draft: of a new resource, of the next version, or over the draft there is."""
    content, problems = resources.read_content(
        {**body.model_dump(), "items": [one.model_dump() for one in body.items]}
    )
    if problems:
        raise InvalidInput(fields=problems)
    return _version(
        resource_actions.write(
            content=content, actor=actor_of(request), at=moments.now(), version=body.version or None
        )
    )


@router.get("/data/waiting", response=list[ResourceVersionOut], summary="待审核的目录")
@access(OFFICIAL, roles=KEEPERS, scope="data:read")
def list_waiting(request: HttpRequest, after: str = "", limit: Count = 50) -> object:
    """The oldest first."""
    page = resources.list_waiting(
        actor_of(request), at=moments.now(), after=after[:16], limit=limit
    )
    return [_version(row) for row in page.rows]


@router.post(
    "/data/versions/{resource_version}/submit", response=ResourceVersionOut, summary="送负责人同意"
)
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def submit(request: HttpRequest, resource_version: Short, body: VersionHandIn) -> object:
    """Before the head of the body, who consents on the page; then the authority has it."""
    return _version(
        resource_actions.submit(
            key=resource_version,
            version=body.version,
            assessment=body.assessment,
            actor=actor_of(request),
            at=moments.now(),
        )
    )


@router.post("/data/versions/{resource_version}/discard", response={204: None}, summary="不要草稿")
@access(OFFICIAL, roles=WRITERS, scope="data:write")
def discard(request: HttpRequest, resource_version: Short, body: VersionIn) -> object:
    resource_actions.discard(
        key=resource_version, version=body.version, actor=actor_of(request), at=moments.now()
    )
    return Status(204, None)


@router.post("/data/versions/{resource_version}/publish", response=ResourceOut, summary="发布")
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def publish(request: HttpRequest, resource_version: Short, body: VersionIn) -> object:
    """Never by who handed it in."""
    return _resource(
        resource_actions.publish(
            key=resource_version, version=body.version, actor=actor_of(request), at=moments.now()
        )
    )


@router.post(
    "/data/versions/{resource_version}/send-back", response=ResourceVersionOut, summary="退回修改"
)
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def send_back(request: HttpRequest, resource_version: Short, body: VersionBackIn) -> object:
    return _version(
        resource_actions.send_back(
            key=resource_version, version=body.version, reason=body.reason,
            actor=actor_of(request), at=moments.now(),
        )
    )  # fmt: skip


def _resource(view: ResourceView) -> dict[str, object]:
    content: Content = view.content
    return {
        **content.as_data(),
        "key": view.key,
        "provider_name": view.provider_name,
        "basis": content.basis,
        "state": view.state,
        "number": view.number,
        "closed": view.closed,
    }


def _version(one: VersionView) -> dict[str, object]:
    return {
        "key": one.key,
        "resource": one.resource,
        "code": one.content.code,
        "number": one.number,
        "state": one.state,
        "version": one.version,
        "submitted_at": one.submitted_at,
        "due_on": one.due_on,
        "remark": one.remark,
    }
