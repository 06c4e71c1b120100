"""The law library: find a law, read it as it holds on a day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.laws import queries as laws
from yiwang.kernel import moments
from yiwang.kernel.refusals import InvalidInput

_A_PAGE = 50


@access(ANYONE)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Laws by words of their title, or page by page those in force."""
    text = request.GET.get("q", "")[:60].strip()
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 16 else 0
    rows = (
        laws.search_laws(text, limit=_A_PAGE)
        if text
        else laws.list_laws(after=start, limit=_A_PAGE + 1, on=_today())
    )
    more = not text and len(rows) > _A_PAGE
    rows = rows[:_A_PAGE]
    values = {
        "text": text,
        "rows": rows,
        "next": f"/laws/?after={rows[-1].position}" if more else "",
        "first": "/laws/" if start else "",
    }
    return render(request, "citizen/laws.html", values)


@access(ANYONE)
@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """One law, all its articles, as of a day; its versions beside."""
    title = request.GET.get("title", "")[:120]
    on = _day(request.GET.get("on", ""))
    articles = laws.list_articles(title, on=on)
    versions = laws.list_versions(title)
    if not versions:
        raise laws.NoSuchArticle(_("法律法规库里没有这部法规。"), _("请回到法规列表里查找。"))
    values = {"articles": articles, "versions": versions, "on": on, "title": versions[-1].title}
    return render(request, "citizen/law.html", values)


def _today() -> date:
    return moments.legal_date(moments.now())


def _day(text: str) -> date:
    if not text:
        return _today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(_("日期看不懂。"), _("请写成 2026-12-18 的样子。")) from None
