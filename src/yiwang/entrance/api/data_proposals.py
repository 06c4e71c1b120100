"""数据标准: data elements and code tables proposed, published, withdrawn, as on the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yiwang.entrance.api.data_standards import CodeOut
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Given, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.codes import CHECKERS, KEEPERS, READERS
from yiwang.foundation.resources.definitions.standards import (
    Standard,
    StandardKind,
    StandardVersionView,
)
from yiwang.foundation.standards.definitions import About, Element, ElementType
from yiwang.kernel import moments

router = Router(tags=["数据资源目录"])
Version = Annotated[int, Field(ge=0, le=10**9)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class StandardRowOut(Schema):
    """One version. ``number``: 0 until it was published."""

    key: str
    kind: str
    code: str
    title: str
    number: int
    state: str
    version: int
    department_name: str
    submitted_at: datetime | None
    published_at: datetime | None
    remark: str


class StandardPageOut(Schema):
    rows: list[StandardRowOut]
    next: str


class StandardUsesOut(Schema):
    """``count``: give it as ``told`` when what others use is to be narrowed."""

    count: int
    named: list[str]


class StandardOut(StandardRowOut):
    """``losses``: what it takes from what is in force; ``uses``: by whom that is used."""

    length: int
    about: str
    type: str
    table: str
    basis: str
    source: str
    codes: list[CodeOut]
    losses: list[str]
    uses: StandardUsesOut
    acts: list[tuple[str, str]]


class ElementIn(Given):
    """A data element; ``version``: of the draft one saw, 0 where there was none."""

    version: Version = 0
    code: Annotated[str, Field(max_length=60)]
    name: Annotated[str, Field(max_length=80)]
    kind: ElementType
    length: Annotated[int, Field(ge=1, le=1_000_000)]
    about: About
    table: Annotated[str, Field(max_length=40)] = ""
    basis: Annotated[str, Field(max_length=120)] = ""


class CodeIn(Given):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    label: Annotated[str, Field(min_length=1, max_length=200)]


class CodeTableIn(Given):
    """A code table; ``version`` as of a data element."""

    version: Version = 0
    name: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(max_length=80)]
    source: Annotated[str, Field(max_length=120)]
    codes: list[CodeIn] = Field(min_length=1, max_length=5_000)


class StandardActIn(Given):
    version: Version


class StandardPublishIn(StandardActIn):
    """``told``: how many users of the present version one saw, when the new one takes something away."""

    told: Version = 0


class StandardBackIn(StandardActIn):
    reason: Reason


class StandardWithdrawIn(Given):
    reason: Reason


@router.get("/data/standards", response=StandardPageOut, summary="数据标准的提出和发布")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_standards(
    request: HttpRequest, state: str = "", after: After = "", limit: Limit = 50
) -> object:
    """The newest first; without ``state`` those on their way, PUBLISHED: what was published."""
    known = "PUBLISHED" if state == "PUBLISHED" else ""
    return resources.list_standard_versions(
        actor_of(request), state=known, after=after, limit=limit
    )


@router.post("/data/standards/elements", response=StandardRowOut, summary="提出数据元")
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def propose_element(request: HttpRequest, body: ElementIn) -> object:
    """A draft: of a new one, of the next version, or over the draft there is."""
    given = body.model_dump()
    return _propose(request, *resources.read_element(given), version=body.version)


@router.post("/data/standards/code-tables", response=StandardRowOut, summary="提出代码表")
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def propose_table(request: HttpRequest, body: CodeTableIn) -> object:
    """The same for a code table."""
    given = {**body.model_dump(), "codes": [(one.code, one.label) for one in body.codes]}
    return _propose(request, *resources.read_table(given), version=body.version)


@router.get("/data/standards/{standard_version}", response=StandardOut, summary="一版数据标准")
@access(OFFICIAL, roles=READERS, scope="data:read")
def get_standard(request: HttpRequest, standard_version: Key) -> object:
    """Whole, with what it takes from whom and what I may do."""
    return _whole(resources.get_standard_version(standard_version, actor_of(request)))


@router.post(
    "/data/standards/{standard_version}/submit", response=StandardRowOut, summary="报送数据标准"
)
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def submit_standard(request: HttpRequest, standard_version: Key, body: StandardActIn) -> object:
    """Before the authority."""
    return resource_actions.submit_standard(
        key=standard_version, version=body.version, actor=actor_of(request), at=moments.now()
    )


@router.post(
    "/data/standards/{standard_version}/discard", response={204: None}, summary="不要标准草稿"
)
@access(OFFICIAL, roles=KEEPERS, scope="data:write")
def discard_standard(request: HttpRequest, standard_version: Key, body: StandardActIn) -> object:
    """What is in force stays."""
    resource_actions.discard_standard(
        key=standard_version, version=body.version, actor=actor_of(request), at=moments.now()
    )
    return Status(204, None)


@router.post(
    "/data/standards/{standard_version}/publish", response=StandardRowOut, summary="发布数据标准"
)
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def publish_standard(
    request: HttpRequest, standard_version: Key, body: StandardPublishIn
) -> object:
    """Never by who handed it in; what others use is narrowed only by who was told of them (409 names them)."""
    return resource_actions.publish_standard(
        key=standard_version, version=body.version, told=body.told, actor=actor_of(request),
        at=moments.now(),
    )  # fmt: skip


@router.post(
    "/data/standards/{standard_version}/send-back", response=StandardRowOut, summary="退回数据标准"
)
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def send_back_standard(request: HttpRequest, standard_version: Key, body: StandardBackIn) -> object:
    """With a reason; the proposer mends it."""
    return resource_actions.send_back_standard(
        key=standard_version, version=body.version, reason=body.reason, actor=actor_of(request),
        at=moments.now(),
    )  # fmt: skip


@router.post("/data/elements/{element_code}/withdraw", response={204: None}, summary="停用数据元")
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def withdraw_element(request: HttpRequest, element_code: str, body: StandardWithdrawIn) -> object:
    """Never while somebody uses it: 409 names them."""
    return _withdraw(request, StandardKind.ELEMENT, element_code[:60], body.reason)


@router.post("/data/code-tables/{code_table}/withdraw", response={204: None}, summary="停用代码表")
@access(OFFICIAL, roles=CHECKERS, scope="data:write")
def withdraw_table(request: HttpRequest, code_table: str, body: StandardWithdrawIn) -> object:
    """The same for a code table."""
    return _withdraw(request, StandardKind.TABLE, code_table[:40], body.reason)


def _propose(
    request: HttpRequest, content: Standard, problems: object, *, version: int
) -> StandardVersionView:
    del problems  # every field was read by its schema
    return resource_actions.propose_standard(
        content=content, version=version, actor=actor_of(request), at=moments.now()
    )


def _withdraw(request: HttpRequest, kind: StandardKind, code: str, reason: str) -> object:
    resource_actions.withdraw_standard(
        kind=kind, code=code, reason=reason, actor=actor_of(request), at=moments.now()
    )
    return Status(204, None)


_EMPTY: Final = {
    "length": 0,
    "about": "",
    "type": "",
    "table": "",
    "basis": "",
    "source": "",
    "codes": (),
}


def _whole(one: StandardVersionView) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in StandardRowOut.model_fields}
    said |= {**_EMPTY, "losses": one.losses, "uses": one.uses, "acts": one.acts}
    content = one.content
    if isinstance(content, Element):
        told = {"length": content.length, "about": content.about, "type": content.kind}
        return {**said, **told, "table": content.table, "basis": content.basis}
    return {**said, "source": content.source, "codes": content.codes}
