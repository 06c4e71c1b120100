"""The catalogue as a spreadsheet: out as it is listed, in as drafts; tried before it is applied."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of, filter_in
from yiwang.entrance.data.navigation import DATA_ROLES, WRITERS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources.definitions.imports import ResourceReport
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST: Final = 10 * 1024 * 1024


@require_POST
@access(OFFICIAL, roles=DATA_ROLES)
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, in the form in which it can be imported; who took it is noted."""
    sheet = resource_actions.export_resources(
        filter=filter_in(request), actor=actor_of(request), at=now()
    )
    return HttpResponse(
        sheet,
        content_type=_SHEET,
        headers={"Content-Disposition": 'attachment; filename="catalogue.xlsx"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=WRITERS)
def take_in(request: HttpRequest) -> HttpResponse:
    """Try a file, or take it over whole; line by line what became of it."""
    if request.method != "POST":
        return _page(request)
    given = request.FILES.get("file")
    try:
        if given is None or not given.name:
            raise typed.wrong("file", "还没有选文件", "，请选一个 XLSX 或 CSV 文件")
        if (given.size or 0) > _LARGEST:
            raise typed.wrong("file", "文件超过 10 MB", "，请拆成几个文件")
        report = resource_actions.import_resources(
            file_name=given.name,
            data=given.read(),
            actor=actor_of(request),
            at=now(),
            apply="apply" in request.POST,
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return _page(request, refusal=refusal)
    return _page(request, report=report)


@require_POST
@access(OFFICIAL, roles=WRITERS)
def undo(request: HttpRequest) -> HttpResponse:
    """Take the drafts of one's own import away again."""
    try:
        resource_actions.undo_import(
            run=request.POST.get("run", "")[:16], actor=actor_of(request), at=now()
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, refusal=refusal)
    return HttpResponseRedirect(navigation.RESOURCES)


def _page(
    request: HttpRequest, *, refusal: Refusal | None = None, report: ResourceReport | None = None
) -> HttpResponse:
    context = {"links": navigation.links(request), "refusal": refusal, "report": report}
    return render(request, "data/import.html", context, status=refusal.status if refusal else 200)
