"""数据源: what a department may be asked, from a file to a service without code."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SOURCES
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.datasources import actions as source_actions
from yiwang.foundation.datasources import queries as sources
from yiwang.foundation.datasources.definitions import (
    FIELD_TYPE_LABELS,
    KIND_LABELS,
    OFFICERS,
    STATE_LABELS,
    SourceKind,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind
from yiwang.network.directory import queries as directory

#: Refusals that are shown on the page they belong to.
SHOWN: Final = (403, 409, 413, 422, 503)


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_sources(request: HttpRequest) -> HttpResponse:
    """What the department has declared and published, the newest first."""
    actor = actor_of(request)
    context = {
        "links": navigation.links(request),
        "sources": [
            {"one": one, "kind": KIND_LABELS[one.kind], "tables": len(one.tables)}
            for one in sources.list_sources(actor)
        ],
        "queries": [
            {"one": one, "state": STATE_LABELS[one.state]} for one in sources.list_queries(actor)
        ],
    }
    return render(request, "data/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=OFFICERS)
def new_source(request: HttpRequest) -> HttpResponse:
    """A CSV is uploaded, or a file or database is named; it is opened and looked at at once."""
    actor = actor_of(request)
    if request.method != "POST":
        return _new_page(request, actor)
    try:
        made = _register(request, actor)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _new_page(request, actor, refusal)
    return HttpResponseRedirect(f"{SOURCES}{made}/publish/")


def _register(request: HttpRequest, actor: Actor) -> str:
    at = now()
    place = request.POST.get("department", "")
    body = next((one for one in bodies_of(actor) if one[0] == place), None)
    if body is None:
        raise InvalidInput(fields=[FieldProblem("department", "请选本单位。")])
    label = typed.text_in(request, "label", label="数据源名称", most=80)
    file_key, address = "", request.POST.get("address", "").strip()[:500]
    kind = request.POST.get("kind", "")
    if "file" in request.FILES:
        kind, file_key = SourceKind.CSV, upload_in(request, actor)
    elif kind not in list(SourceKind):
        raise InvalidInput(fields=[FieldProblem("file", "请上传 CSV 文件，或者选类型、写地址。")])
    department = directory.get_department(place)
    return source_actions.register_source(
        label=label,
        kind=SourceKind(kind),
        department=place,
        division_code=department.division_code,
        address=address if not file_key else "",
        file_key=file_key,
        actor=actor,
        at=at,
    ).key


def upload_in(request: HttpRequest, actor: Actor) -> str:
    """The uploaded CSV, kept; InvalidInput says what is wrong with it."""
    sent = request.FILES.get("file")
    if sent is None:
        raise InvalidInput(fields=[FieldProblem("file", "还没有选文件。")])
    try:
        return files.store(
            data=sent.file,  # type: ignore[arg-type]
            filename=sent.name or "",
            actor=actor,
            at=now(),
            accept=(Kind.CSV,),
        ).key
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        problem = FieldProblem("file", refusal.sentence, refusal.remedy)
        raise InvalidInput(fields=[problem]) from refusal


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_source(request: HttpRequest, source_key: str) -> HttpResponse:
    """One source: its tables and columns, what is published from it, and how its file is replaced."""
    actor = actor_of(request)
    source = sources.get_source(source_key, actor)
    return render(request, "data/source.html", _source_context(request, source, actor))


def _source_context(
    request: HttpRequest, source: sources.SourceView, actor: Actor, refusal: Refusal | None = None
) -> dict[str, object]:
    return {
        "links": navigation.links(request),
        "refusal": refusal,
        "source": source,
        "kind": KIND_LABELS[source.kind],
        "tables": [
            {
                "name": one.name,
                "columns": [(c.name, FIELD_TYPE_LABELS[c.type]) for c in one.columns],
            }
            for one in source.tables
        ],
        "queries": [
            {"one": one, "state": STATE_LABELS[one.state]}
            for one in sources.list_queries(actor)
            if one.source.key == source.key
        ],
        "uploaded": source.as_of is not None,
    }


@require_POST
@access(OFFICIAL, roles=OFFICERS)
def replace_file(request: HttpRequest, source_key: str) -> HttpResponse:
    """A newer file takes the place of the last one when every row fits."""
    actor = actor_of(request)
    source = sources.get_source(source_key, actor)
    try:
        source_actions.replace_file(
            source=source.key,
            file_key=upload_in(request, actor),
            version=typed.version_in(request),
            actor=actor,
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        context = _source_context(request, source, actor, refusal)
        return render(request, "data/source.html", context, status=refusal.status)
    return HttpResponseRedirect(f"{SOURCES}{source.key}/")


def bodies_of(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The departments the officer publishes for."""
    usccs = [g.department for g in actor.grants if g.role in OFFICERS and g.department]
    found = directory.find_departments(usccs)
    return tuple((uscc, one.name) for uscc, one in sorted(found.items()))


def _new_page(request: HttpRequest, actor: Actor, refusal: Refusal | None = None) -> HttpResponse:
    bodies = bodies_of(actor)
    first = bodies[0][0] if len(bodies) == 1 else ""
    fields = (
        Field("label", "数据源名称", "text", "例如 摊位登记"),
        Field("department", "单位", "choice", value=first, options=bodies),
    )
    elsewhere = (
        Field("kind", "类型", "choice", options=tuple((k.value, KIND_LABELS[k]) for k in SourceKind),
              optional=True),
        Field("address", "地址", "text",
              "文件写“单位代码/文件名”；数据库写 postgresql://账号:密码@主机:端口/库名，账号只能有查询权限",
              optional=True),
    )  # fmt: skip
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "fields": asking.boxes(fields, request, refusal),
        "elsewhere": asking.boxes(elsewhere, request, refusal),
    }
    return render(
        request, "data/source_new.html", context, status=refusal.status if refusal else 200
    )
