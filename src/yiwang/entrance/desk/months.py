"""发放名册: the lists of a month, for the treasury, and what the bank answered."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.entitlements.definitions import ReturnReport
from yiwang.entrance.desk import forms, navigation
from yiwang.entrance.desk.navigation import PAYING_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import Refusal

PAGE_SIZE: Final = 24
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A bank's answer about a whole county is far smaller.
_LARGEST_RETURN: Final = 5 * 1024 * 1024


@require_GET
@access(OFFICIAL, roles=PAYING_ROLES)
def show_months(request: HttpRequest) -> HttpResponse:
    """The newest two years of lists with their sums and what arrived."""
    context = {
        "links": navigation.links(request),
        "rows": entitlements.list_months(request.actor, limit=PAGE_SIZE),  # type: ignore[attr-defined]
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/months.html", context)


def _closing_form(request: HttpRequest) -> forms.Form:
    del request
    month = f"{legal_date(now()):%Y-%m}"
    return forms.Form(
        title="生成月度名册",
        consequences=(
            "名册列出这个月该发的每个人，以及以前漏列的月份（补发）。",
            "生成后不能撤回，也不能改；同一个月再生成一次，得到的还是同一份名册。",
        ),
        button="生成名册",
        action=f"{navigation.MONTHS}close/",
        back=navigation.MONTHS,
        back_label="回到发放名册",
        fields=(Field("month", "哪个月", "month", "写成 2026-12 的样子", month),),
    )


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=PAYING_ROLES)
def close_month(request: HttpRequest) -> HttpResponse:
    """Ask once more, then fix the lists of a month for the official's own body."""
    if request.method != "POST":
        return forms.show(request, _closing_form(request))
    try:
        month = typed.month_in(request, "month", label="月份")
        entitlement_actions.close_month(month.year, month.month, at=now(), actor=request.actor)  # type: ignore[attr-defined]
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return forms.show(request, _closing_form(request), refusal=refusal)
    return HttpResponseRedirect(f"{navigation.MONTHS}?done=1")


def _page(
    request: HttpRequest,
    list_key: str,
    *,
    refusal: Refusal | None = None,
    report: ReturnReport | None = None,
) -> HttpResponse:
    month = entitlements.get_month(list_key, request.actor)  # type: ignore[attr-defined]
    context = {
        "links": navigation.links(request),
        "month": month,
        "waiting_fen": month.total_fen - month.paid_fen - month.failed_fen,
        "refusal": refusal,
        "report": report,
    }
    return render(request, "desk/month.html", context, status=refusal.status if refusal else 200)


@require_GET
@access(OFFICIAL, roles=PAYING_ROLES)
def show_month(request: HttpRequest, list_key: str) -> HttpResponse:
    """One list: its sums, the file for the treasury, the bank's answer."""
    return _page(request, list_key)


@require_POST
@access(OFFICIAL, roles=PAYING_ROLES)
def export(request: HttpRequest, list_key: str) -> HttpResponse:
    """The list as a spreadsheet with whole account numbers; who took it is noted."""
    only_failed = request.POST.get("only_failed") == "1"
    at, actor = now(), request.actor  # type: ignore[attr-defined]
    month = entitlements.get_month(list_key, actor)
    sheet = entitlement_actions.export_month(
        key=list_key, at=at, actor=actor, only_failed=only_failed
    )
    name = f"{month.month:%Y-%m}{'-failed' if only_failed else ''}.xlsx"
    return HttpResponse(
        sheet,
        content_type=_SHEET,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@access(OFFICIAL, roles=PAYING_ROLES)
def take_return(request: HttpRequest, list_key: str) -> HttpResponse:
    """Take over the bank's file, all lines or none, and say of each line what became of it."""
    given = request.FILES.get("file")
    try:
        if given is None:
            raise typed.wrong("file", "还没有选银行返回的文件", "，请选一个 CSV 文件")
        if (given.size or 0) > _LARGEST_RETURN:
            raise typed.wrong("file", "文件超过 5 MB", "，请确认是不是这个月的返回文件")
        report = entitlement_actions.import_return(
            key=list_key,
            data=given.read(),
            at=now(),
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, list_key, refusal=refusal)
    return _page(request, list_key, report=report)
