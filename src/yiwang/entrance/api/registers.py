"""台账: refusals, corrections and extensions, for the body's own programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from yiwang.capability.registers import actions as register_actions
from yiwang.capability.registers import queries as registers
from yiwang.capability.registers.definitions import READERS, RegisterFilter, RegisterKind
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound

router = Router(tags=["台账"])
ItemCode = Annotated[str, Query(max_length=120)]
_CSV = {
    200: {
        "description": "CSV",
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class RegisterRowOut(Schema):
    """One line: masked. ``became``: what became of it."""

    key: str
    kind: str
    matter: str
    matter_label: str
    case_key: str
    case_no: str
    item_code: str
    item_name: str
    applicant_masked: str
    division_code: str
    department_name: str
    happened_at: datetime
    letter: str
    document: str
    items: int
    due_on: date | None
    became: str
    became_label: str
    settled_at: datetime | None


class RegisterPageOut(Schema):
    """``next``: give it as ``after`` for the following page, empty at the end."""

    rows: list[RegisterRowOut]
    next: str


class RegisterEntryOut(Schema):
    row: RegisterRowOut
    reason: str


@router.get("/registers/{register_kind}", response=RegisterPageOut, summary="台账")
@access(OFFICIAL, roles=READERS, scope="desk:read")
def list_register(
    request: HttpRequest,
    register_kind: RegisterKind,
    since: date | None = None,
    until: date | None = None,
    item_code: ItemCode = "",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """One register of my body, newest first; days are included."""
    wanted = RegisterFilter(since, until, item_code)
    return registers.list_entries(
        actor_of(request), kind=register_kind, filter=wanted, after=after, limit=limit
    )


@router.get("/registers/{register_kind}/{key}", response=RegisterEntryOut, summary="台账的一条")
@access(OFFICIAL, roles=READERS, scope="desk:read")
def get_register_entry(request: HttpRequest, register_kind: RegisterKind, key: Key) -> object:
    """One entry with its reason."""
    entry = registers.get_entry(key, actor_of(request))
    if entry.row.kind != register_kind:
        raise NotFound
    return entry


@router.post(
    "/registers/{register_kind}/export", summary="导出台账", openapi_extra={"responses": _CSV}
)
@access(OFFICIAL, roles=READERS, scope="desk:read")
def export_register(
    request: HttpRequest,
    register_kind: RegisterKind,
    since: date | None = None,
    until: date | None = None,
    item_code: ItemCode = "",
) -> HttpResponse:
    """The register as CSV with reasons; who took it is written down."""
    data = register_actions.export_register(
        kind=register_kind,
        filter=RegisterFilter(since, until, item_code),
        actor=actor_of(request),
        at=moments.now(),
    )
    return HttpResponse(data, content_type="text/csv; charset=utf-8")
