"""The public figures of the last seven days, and how each of them is made."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.centre.indicators import queries as indicators
from yiwang.centre.indicators.definitions import Figures
from yiwang.entrance.shell import place
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments


@dataclass(frozen=True, slots=True)
class Figure:
    """One large number with its unit and a remark that says what went wrong too."""

    label: str
    value: str
    unit: str
    remark: str


@access(ANYONE)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of the visitor's place and of everything, and how they are made."""
    today = moments.legal_date(moments.now())
    here = place.of(request)
    found = indicators.get_figures(today=today, division_code=here)
    whole = indicators.get_figures(today=today)
    values = {
        "here": found,
        "here_rows": rows(found),
        "whole": whole,
        "whole_rows": rows(whole),
        "place": place.name_of(here),
        "spared": indicators.get_spared(today=today, language=get_language() or "zh-hans"),
    }
    return render(request, "citizen/figures.html", values)


def rows(found: Figures) -> tuple[Figure, ...]:
    """Four figures; shares are rounded down and missing ones say so."""
    return (_received(found), _in_time(found), _by_rule(found), _satisfied(found))


def _received(found: Figures) -> Figure:
    change = found.received - found.received_before
    if change > 0:
        remark = _("比前七天多 %(number)s 件") % {"number": f"{change:,}"}
    elif change < 0:
        remark = _("比前七天少 %(number)s 件") % {"number": f"{-change:,}"}
    else:
        remark = _("和前七天一样多")
    return Figure(_("收到申请"), f"{found.received:,}", _("件"), remark)


def _in_time(found: Figures) -> Figure:
    remark = (
        _("晚了 %(number)s 件") % {"number": f"{found.late:,}"} if found.late else _("没有晚的")
    )
    return _share(_("按时办结"), found.in_time, found.decided, remark, _("这七天没有办结的"))


def _by_rule(found: Figures) -> Figure:
    remark = _("共决定 %(number)s 件") % {"number": f"{found.decided:,}"}
    return _share(_("当场办结"), found.by_rule, found.decided, remark, _("这七天没有办结的"))


def _satisfied(found: Figures) -> Figure:
    remark = _("评价 %(all)s 件，差评 %(bad)s 件") % {
        "all": f"{found.reviewed:,}",
        "bad": f"{found.bad:,}",
    }
    return _share(_("满意"), found.satisfied, found.reviewed, remark, _("这七天没有评价"))


def _share(label: str, part: int, whole: int, remark: str, nothing: str) -> Figure:
    said = indicators.share(part, whole)
    return Figure(label, said, "%", remark) if said else Figure(label, "—", "", nothing)
