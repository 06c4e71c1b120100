"""One published query: written column by column or as a file, tried, agreed to, stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SOURCES
from yiwang.entrance.data.sources import SHOWN
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.datasources import actions as source_actions
from yiwang.foundation.datasources import queries as sources
from yiwang.foundation.datasources.definitions import (
    FIELD_TYPE_LABELS,
    OFFICERS,
    OPERATOR_LABELS,
    SERVICE_KIND_LABELS,
    STATE_LABELS,
    DraftRow,
    FieldType,
    Published,
    ServiceKind,
    State,
    Table,
)
from yiwang.foundation.privacy.definitions import GRADE_LABELS, MASK_LABELS
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

_EXAMPLES: Final[dict[FieldType, object]] = {
    FieldType.TEXT: "……",
    FieldType.INTEGER: 1,
    FieldType.DECIMAL: "12.50",
    FieldType.DATE: "2026-03-01",
    FieldType.YES_NO: True,
}
QUERIES: Final = f"{SOURCES}queries/"


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=OFFICERS)
def publish(request: HttpRequest, source_key: str) -> HttpResponse:
    """Tick which columns are handed out, which are asked by; publish."""
    actor = actor_of(request)
    source = sources.get_source(source_key, actor)
    table = _table(source, request.POST.get("table") or request.GET.get("table", ""))
    if request.method != "POST":
        return _publish_page(request, source, table, sources.suggest(table))
    rows = _ticked(request, table)
    try:
        made = source_actions.propose_query(
            source=source.key, published=_drafted(request, table, rows), actor=actor, at=now()
        )
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _publish_page(request, source, table, rows, refusal)
    return HttpResponseRedirect(f"{QUERIES}{made.key}/")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=OFFICERS)
def define(request: HttpRequest, source_key: str) -> HttpResponse:
    """The definition as a file, for what the form cannot say; analyst SQL waits for a second person."""
    actor = actor_of(request)
    source = sources.get_source(source_key, actor)
    change = request.POST.get("query") or request.GET.get("query", "")
    view = sources.get_query(change, actor) if change else None
    text = request.POST.get("definition", "")[:60_000]
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = source_actions.propose_query(
                source=source.key,
                published=sources.read_definition(text),
                query=view.key if view else "",
                version=typed.version_in(request) if view else 0,
                actor=actor,
                at=now(),
            )
            return HttpResponseRedirect(f"{QUERIES}{made.key}/")
        except Refusal as refused:
            if refused.status not in SHOWN:
                raise
            refusal = refused
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "source": source,
        "view": view,
        "text": text or (sources.write_definition(view.published) if view else _blank(source)),
    }
    return render(
        request, "data/source_define.html", context, status=refusal.status if refusal else 200
    )


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_query(request: HttpRequest, query_key: str) -> HttpResponse:
    """One published query: how it is asked, what it answers, how it stands."""
    return _query_page(request, sources.get_query(query_key, actor_of(request)))


@require_POST
@access(OFFICIAL, roles=OFFICERS)
def try_query(request: HttpRequest, query_key: str) -> HttpResponse:
    """Ask it once, as a caller would; what comes back is masked, and it is on record."""
    actor = actor_of(request)
    view = sources.get_query(query_key, actor)
    said = {one.name: request.POST.get(one.name, "")[:400] for one in view.published.parameters}
    try:
        tried = source_actions.try_query(query=view.key, said=said, actor=actor, at=now())
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _query_page(request, view, refusal=refusal)
    return _query_page(request, view, tried=tried)


@require_POST
@access(OFFICIAL, roles=OFFICERS)
def take_act(request: HttpRequest, query_key: str, query_act: str) -> HttpResponse:
    """Stop it; agree to an analyst's statement or send it back."""
    actor, at = actor_of(request), now()
    view = sources.get_query(query_key, actor)
    if query_act not in ("stop", "approve", "decline"):
        raise NotFound
    try:
        version = typed.version_in(request)
        if query_act == "approve":
            source_actions.approve_query(query=view.key, version=version, actor=actor, at=at)
        else:
            reason = typed.text_in(request, "reason", label="原因", most=200)
            act = source_actions.stop_query if query_act == "stop" else source_actions.decline_query
            act(query=view.key, version=version, reason=reason, actor=actor, at=at)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _query_page(request, view, refusal=refusal)
    return HttpResponseRedirect(f"{QUERIES}{view.key}/")


def _query_page(
    request: HttpRequest,
    view: sources.QueryView,
    *,
    refusal: Refusal | None = None,
    tried: object = None,
) -> HttpResponse:
    published = view.published
    may_try = view.state is State.PUBLISHED and view.kind is ServiceKind.QUERY
    fields = tuple(
        Field(p.name, p.label, "text", f"{FIELD_TYPE_LABELS[p.type]}，{OPERATOR_LABELS[p.operator]}",
              optional=not p.required)
        for p in published.parameters
    )  # fmt: skip
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "one": view,
        "published": published,
        "kind": SERVICE_KIND_LABELS[view.kind],
        "state": STATE_LABELS[view.state],
        "code": sources.service_code(view),
        "fields": [
            (f.label, f.name, FIELD_TYPE_LABELS[f.type], GRADE_LABELS[f.grade],
             MASK_LABELS.get(f.mask or "NONE", f.mask))  # type: ignore[call-overload]
            for f in published.fields
        ],
        "parameters": [
            (p.label, p.name, FIELD_TYPE_LABELS[p.type], OPERATOR_LABELS[p.operator], p.required)
            for p in published.parameters
        ],
        "example": json.dumps(_example(published), ensure_ascii=False, indent=2),
        "asks": asking.boxes(fields, request, refusal) if may_try else (),
        "may_try": may_try,
        "tried": tried,
        "waiting": view.state is State.WAITING,
        "own": view.proposed_by == actor_of(request).reference,
        "may_stop": view.state in (State.PUBLISHED, State.WAITING),
    }  # fmt: skip
    return render(
        request, "data/source_query.html", context, status=refusal.status if refusal else 200
    )


def _example(published: Published) -> dict[str, Any]:
    """What a caller sends."""
    if published.kind is ServiceKind.VERIFY:
        types = {one.column: one.type for one in published.fields}
        key = [_EXAMPLES[types[column]] for column in published.key]
        return {"purpose": "……", "parameters": {"keys": [key, key]}}
    return {
        "purpose": "……",
        "case": "……",
        "parameters": {one.name: _EXAMPLES[one.type] for one in published.parameters},
    }


def _table(source: sources.SourceView, name: str) -> Table:
    found = next((one for one in source.tables if one.name == name), None)
    return found or source.tables[0]


def _publish_page(
    request: HttpRequest,
    source: sources.SourceView,
    table: Table,
    rows: Sequence[DraftRow],
    refusal: Refusal | None = None,
) -> HttpResponse:
    fields = (
        Field("title", "服务名称", "text", "例如 摊位登记查询", f"{source.label}查询"),
        Field("name", "服务代码", "text", "小写字母、数字和短横线，例如 market-licence"),
        Field("service", "方式", "choice", "查询把勾选的内容给出去；批量核验只答是或否",
              ServiceKind.QUERY, tuple((k.value, v) for k, v in SERVICE_KIND_LABELS.items())),
        Field("most", "一次最多几行", "text", value="1000"),
        Field("seconds", "一次最多几秒", "text", value="2"),
        Field("large", "大答复最多几行", "text", "对方一次要很多行时，边查边送；写 0：这个服务不提供", "0"),
    )  # fmt: skip
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "source": source,
        "table": table,
        "tables": [one.name for one in source.tables],
        "fields": asking.boxes(fields, request, refusal),
        "rows": [(row, FIELD_TYPE_LABELS[row.type], str(row.grade)) for row in rows],
        "grades": [(str(grade), label) for grade, label in GRADE_LABELS.items()],
        "masks": [(str(mask), label) for mask, label in MASK_LABELS.items()],
        "operators": [(str(k), v) for k, v in OPERATOR_LABELS.items()],
    }
    return render(
        request, "data/source_publish.html", context, status=refusal.status if refusal else 200
    )


def _ticked(request: HttpRequest, table: Table) -> tuple[DraftRow, ...]:
    """The rows as the officer left them; the columns are the table's own."""
    rows = []
    for number, row in enumerate(sources.suggest(table)):

        def said(what: str, number: int = number) -> str:
            return request.POST.get(f"{what}-{number}", "")[:80].strip()

        grade, mask, operator = said("grade"), said("mask"), said("operator")
        rows.append(
            replace(
                row,
                name=said("name"),
                label=said("label"),
                out=bool(said("out")),
                key=bool(said("key")),
                grade=int(grade) if grade in ("1", "2", "3", "4") else 4,
                mask=mask if mask in list(MASK_LABELS) else "WHOLE",
                operator=operator if operator in list(OPERATOR_LABELS) else "",
                required=bool(said("required")),
            )
        )
    return tuple(rows)


def _drafted(request: HttpRequest, table: Table, rows: Sequence[DraftRow]) -> Published:
    kind = request.POST.get("service", "")
    if kind not in list(ServiceKind):
        raise typed.wrong("service", "请选方式")
    most, seconds = _number(request, "most"), _number(request, "seconds")
    large = _number(request, "large") if request.POST.get("large") else 0
    return sources.drafted(
        rows,
        name=typed.text_in(request, "name", label="服务代码", most=40),
        title=typed.text_in(request, "title", label="服务名称", most=80),
        kind=ServiceKind(kind),
        table=table.name,
        most=most,
        seconds=float(seconds),
        large=large,
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise typed.wrong(name, "应为整数")
    return int(text)


def _blank(source: sources.SourceView) -> str:
    """A definition to begin with: the suggestion for the first table."""
    table = source.tables[0]
    return sources.write_definition(
        sources.drafted(
            sources.suggest(table),
            name="service-name",
            title=f"{source.label}查询",
            kind=ServiceKind.QUERY,
            table=table.name,
        )
    )
