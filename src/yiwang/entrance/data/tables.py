"""整表交换: tables a department takes into its own front-end database, how far they are, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import TABLES
from yiwang.entrance.data.sources import SHOWN, bodies_of
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.tables import actions, queries
from yiwang.foundation.tables.definitions import (
    COPY_STATE_LABELS,
    DIFFERENCE_LABELS,
    OFFICERS,
    PHASE_LABELS,
    CopyState,
    CopyView,
    Deletions,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.network.directory import queries as directory

_DELETIONS: Final = (
    (Deletions.FLAG.value, "按对方的删除标志"),
    (Deletions.COMPARE.value, "每日比对主键"),
)


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_tables(request: HttpRequest) -> HttpResponse:
    """What the department takes, the newest first."""
    rows = [row_of(one) for one in queries.list_copies(actor_of(request))]
    return render(request, "data/tables.html", {"links": navigation.links(request), "rows": rows})


def row_of(one: CopyView) -> Mapping[str, object]:
    """A table in a list, in words."""
    return {"one": one, "state": COPY_STATE_LABELS[one.state], "phase": PHASE_LABELS[one.phase]}


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=OFFICERS)
def new_table(request: HttpRequest) -> HttpResponse:
    """Declare a table to be taken; the receiving database is looked at at once."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            made = _begin(request, actor)
        except Refusal as refused:
            if refused.status not in SHOWN:
                raise
            refusal = refused
        else:
            return HttpResponseRedirect(f"{TABLES}{made}/")
    bodies = bodies_of(actor)
    fields = (
        Field("service", "服务编码", "text", "例如 62/market-register"),
        Field("purpose", "用途", "text", "照授权书写"),
        Field("department", "单位", "choice", value=bodies[0][0] if len(bodies) == 1 else "",
              options=bodies),
        Field("address", "前置库地址", "text",
              "postgresql://账号:密码@主机:端口/库名，账号只管放这张表的模式"),
        Field("place", "放到哪里", "text", "模式.表名，例如 front.register"),
        Field("deletions", "对方删掉的行", "choice", options=_DELETIONS),
    )  # fmt: skip
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "fields": asking.boxes(fields, request, refusal),
    }
    status = refusal.status if refusal else 200
    return render(request, "data/table_new.html", context, status=status)


def _begin(request: HttpRequest, actor: Actor) -> str:
    place = request.POST.get("department", "")
    if place not in dict(bodies_of(actor)):
        raise InvalidInput(fields=[FieldProblem("department", "请选本单位。")])
    if request.POST.get("deletions") not in list(Deletions):
        raise InvalidInput(fields=[FieldProblem("deletions", "请选一项。")])
    return actions.begin_copy(
        service=request.POST.get("service", "").strip()[:80],
        purpose=request.POST.get("purpose", ""),
        address=request.POST.get("address", "").strip()[:500],
        place=request.POST.get("place", "").strip()[:200],
        deletions=Deletions(request.POST["deletions"]),
        department=place,
        division_code=directory.get_department(place).division_code,
        actor=actor,
        at=now(),
    ).key


@require_GET
@access(OFFICIAL, roles=OFFICERS)
def show_table(request: HttpRequest, copy_key: str) -> HttpResponse:
    """One table: how far it is, its last sheet, its differences."""
    return _page(request, copy_key)


@require_POST
@access(OFFICIAL, roles=OFFICERS)
def take_act(request: HttpRequest, copy_key: str, copy_act: str) -> HttpResponse:
    """Pause, go on, or take the stretch of a difference again."""
    actor = actor_of(request)
    try:
        if copy_act == "mend":
            queries.get_copy(copy_key, actor)
            finding = request.POST.get("finding", "")[:16]
            actions.mend_finding(finding=finding, actor=actor, at=now())
        elif copy_act in ("pause", "resume"):
            actions.turn_copy(
                copy=copy_key,
                state=CopyState.PAUSED if copy_act == "pause" else CopyState.RUNNING,
                version=typed.version_in(request),
                actor=actor,
                at=now(),
            )
        else:
            raise NotFound
    except Refusal as refusal:
        if refusal.status not in (*SHOWN, 502):
            raise
        return _page(request, copy_key, refusal)
    return HttpResponseRedirect(f"{TABLES}{copy_key}/")


def _page(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        **row_of(queries.get_copy(key, actor)),
        "findings": [
            {"one": one, "kind": DIFFERENCE_LABELS[one.kind]}
            for one in queries.list_findings(key, actor)
        ],
    }
    status = refusal.status if refusal else 200
    return render(request, "data/table.html", context, status=status)
