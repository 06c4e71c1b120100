"""我的信用记录: what is on record about me, what it closes, how to have it repaired."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.entrance.citizen.acts import actor_of, seen_version
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.support.credit import actions as credit_actions
from yiwang.support.credit import queries as credit
from yiwang.support.credit.definitions import BreachState, BreachView

_A_PAGE: Final = 20
_LONGEST: Final = 2000


@access(CITIZEN, own=True)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Everything on record about me, newest first."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    at = moments.now()
    rows = credit.list_breaches(actor_of(request), at=at, after=start, limit=_A_PAGE + 1)
    shown = rows[:_A_PAGE]
    values = {
        "breaches": shown,
        "closed": any(one.closes_the_road for one in shown),
        "next": f"/my/credit/?after={shown[-1].position}" if len(rows) > _A_PAGE else "",
        "first": "/my/credit/" if start else "",
    }
    return render(request, "citizen/credit.html", values)


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_repair(request: HttpRequest, breach_key: str) -> HttpResponse:
    """申请修复: say what was put right; the body answers with reasons."""
    actor, at = actor_of(request), moments.now()
    breach = credit.get_breach(breach_key, actor, at=at)
    if breach.state != BreachState.ON_RECORD:
        raise NotFound(_("这条记录现在不用申请修复。"), _("请回到“我的信用记录”看最新情况。"))
    if request.method != "POST":
        return _page(request, breach, None)
    words = request.POST.get("words", "").strip()
    if not words or len(words) > _LONGEST:
        sentence = _("没有写改正的情况，或者太长。")
        problem = FieldProblem("words", sentence, _("请用 2000 字以内写清楚。"))
        return _page(request, breach, InvalidInput(_("还差一步"), " ", fields=[problem]))
    with transaction.atomic():
        credit_actions.ask_repair(
            key=breach_key, version=seen_version(request), words=words, actor=actor, at=at
        )
    return HttpResponseRedirect("/my/credit/")


def _page(request: HttpRequest, breach: BreachView, refusal: InvalidInput | None) -> HttpResponse:
    values = {
        "breach": breach,
        "typed": request.POST.get("words", "") if refusal else "",
        "refusal": refusal,
    }
    return render(request, "citizen/repair.html", values, status=422 if refusal else 200)
