"""台账: refusals, corrections and extensions of the official's body, page by page and as a file."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.capability.registers import actions as register_actions
from yiwang.capability.registers import queries as registers
from yiwang.capability.registers.definitions import (
    KIND_LABELS,
    READERS,
    RegisterFilter,
    RegisterKind,
)
from yiwang.entrance.desk.navigation import links
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound

PAGE_SIZE: Final = 50


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _kind(given: str) -> RegisterKind:
    if given not in KIND_LABELS:
        raise NotFound
    return RegisterKind(given)


def _day(given: str, label: str) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        problem = FieldProblem(label, "日期不对。", "请写成 2026-12-18 的样子。")
        raise InvalidInput(fields=[problem]) from error


def _filter(given: dict[str, str]) -> RegisterFilter:
    return RegisterFilter(
        _day(given["since"], "since"), _day(given["until"], "until"), given["item_code"]
    )


def _given(request: HttpRequest, source: str) -> dict[str, str]:
    values = request.POST if source == "POST" else request.GET
    return {name: values.get(name, "").strip()[:120] for name in ("since", "until", "item_code")}


@require_GET
@access(OFFICIAL, roles=READERS)
def show_register(request: HttpRequest, register_kind: str = RegisterKind.REFUSAL) -> HttpResponse:
    """One register, newest first, narrowed by days and item."""
    kind, given = _kind(register_kind), _given(request, "GET")
    refusal: InvalidInput | None = None
    after = request.GET.get("after", "")[:16]
    try:
        wanted = _filter(given)
    except InvalidInput as error:
        refusal, wanted = error, RegisterFilter()
    page = registers.list_entries(
        _actor(request), kind=kind, filter=wanted, after=after, limit=PAGE_SIZE
    )
    query = urlencode({name: value for name, value in given.items() if value})
    here = f"/desk/registers/{kind}/"
    context = {
        "links": links(request),
        "kind": kind,
        "label": KIND_LABELS[kind],
        "tabs": [(f"/desk/registers/{k}/", label, k == kind) for k, label in KIND_LABELS.items()],
        "given": given,
        "rows": page.rows,
        "next": f"{here}?{query}&after={page.next}" if page.next else "",
        "first": f"{here}?{query}" if after else "",
        "refusal": refusal,
    }
    return render(request, "desk/registers.html", context, status=422 if refusal else 200)


@require_GET
@access(OFFICIAL, roles=READERS)
def show_entry(request: HttpRequest, register_kind: str, entry_key: str) -> HttpResponse:
    """One entry with its reason."""
    entry = registers.get_entry(entry_key, _actor(request))
    if entry.row.kind != _kind(register_kind):
        raise NotFound
    context = {"links": links(request), "entry": entry, "row": entry.row, "kind": register_kind}
    return render(request, "desk/register_entry.html", context)


@require_POST
@access(OFFICIAL, roles=READERS)
def export(request: HttpRequest, register_kind: str) -> HttpResponse:
    """The register as CSV with reasons; who took it is written down."""
    kind = _kind(register_kind)
    data = register_actions.export_register(
        kind=kind, filter=_filter(_given(request, "POST")), actor=_actor(request), at=now()
    )
    return HttpResponse(
        data,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind.lower()}.csv"'},
    )
