"""The catalogue as a spreadsheet: out as it is listed, in as drafts; tried before it is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of, filter_in
from yiwang.entrance.data.navigation import DATA_ROLES, KEEPERS, WRITERS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources.definitions.imports import ResourceReport
from yiwang.foundation.resources.definitions.standards import StandardKind
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """What kind of file a page takes: its name, how it is written, where it is sent and leads back to."""

    title: str
    words: str
    size: str  # what a row of the report counts
    action: str
    back: str


_DRAFTS: Final = (
    "先试导入，看每一项会怎样；正式导入要么全部写成草稿，要么一项也不写。草稿还要逐项报送审核。"
)
_CATALOGUE: Final = Sheet(
    "导入目录",
    "表格一行一个信息项，资源的情况写在它的第一行；表头和“导出 XLSX”得到的一样。" + _DRAFTS,
    "信息项",
    navigation.IMPORT,
    navigation.RESOURCES,
)
_STANDARDS: Final = {
    StandardKind.ELEMENT: Sheet(
        "导入数据元",
        "表格一行一个数据元；表头和“导出 XLSX”得到的一样。" + _DRAFTS,
        "项",
        f"{navigation.ELEMENTS}import/",
        navigation.STANDARDS,
    ),
    StandardKind.TABLE: Sheet(
        "导入代码表",
        "表格一行一个代码，名称和来源写在代码表的第一行；表头和“导出 XLSX”得到的一样。" + _DRAFTS,
        "代码",
        f"{navigation.CODE_TABLES}import/",
        navigation.STANDARDS,
    ),
}


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
    return _take_in(request, resource_actions.import_resources, _CATALOGUE)


@require_POST
@access(OFFICIAL, roles=WRITERS)
def undo(request: HttpRequest) -> HttpResponse:
    """Take the drafts of one's own import away again."""
    return _undo(request, resource_actions.undo_import, _CATALOGUE)


@require_POST
@access(OFFICIAL, roles=DATA_ROLES)
def export_standards(request: HttpRequest, *, kind: StandardKind) -> HttpResponse:
    """Every data element or code table in force, as it can be imported again; who took it is noted."""
    sheet = resource_actions.export_standards(kind=kind, actor=actor_of(request), at=now())
    name = f'attachment; filename="{kind.value.lower()}s.xlsx"'
    return HttpResponse(sheet, content_type=_SHEET, headers={"Content-Disposition": name})


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def take_in_standards(request: HttpRequest, *, kind: StandardKind) -> HttpResponse:
    """Try a file of data elements or code tables, or take it over whole."""
    take = partial(resource_actions.import_standards, kind=kind)
    return _take_in(request, take, _STANDARDS[kind])


@require_POST
@access(OFFICIAL, roles=KEEPERS)
def undo_standards(request: HttpRequest, *, kind: StandardKind) -> HttpResponse:
    """Take the drafts of one's own import away again."""
    return _undo(request, resource_actions.undo_standards, _STANDARDS[kind])


def _take_in(
    request: HttpRequest, take: Callable[..., ResourceReport], sheet: Sheet
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, sheet)
    given = request.FILES.get("file")
    try:
        if given is None or not given.name:
            raise typed.wrong("file", "还没有选文件", "，请选一个 XLSX 或 CSV 文件")
        if (given.size or 0) > _LARGEST:
            raise typed.wrong("file", "文件超过 10 MB", "，请拆成几个文件")
        report = take(
            file_name=given.name,
            data=given.read(),
            actor=actor_of(request),
            at=now(),
            apply="apply" in request.POST,
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return _page(request, sheet, refusal=refusal)
    return _page(request, sheet, report=report)


def _undo(request: HttpRequest, undo: Callable[..., int], sheet: Sheet) -> HttpResponse:
    try:
        undo(run=request.POST.get("run", "")[:16], actor=actor_of(request), at=now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, sheet, refusal=refusal)
    return HttpResponseRedirect(sheet.back)


def _page(
    request: HttpRequest,
    sheet: Sheet,
    *,
    refusal: Refusal | None = None,
    report: ResourceReport | None = None,
) -> HttpResponse:
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "report": report,
        "sheet": sheet,
    }
    return render(request, "data/import.html", context, status=refusal.status if refusal else 200)
