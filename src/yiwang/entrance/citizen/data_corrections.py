"""我的数据纠错: say that a datum about me, or about my firm, is wrong; see what its source answered."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.entrance.citizen.acts import actor_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.actions import CannotReport
from yiwang.foundation.resources.definitions.corrections import LONGEST
from yiwang.foundation.standards.definitions import About
from yiwang.kernel import moments
from yiwang.kernel.refusals import InvalidInput, Refusal

_A_PAGE: Final = 20
_HOME: Final = "/my/corrections/"


@access(CITIZEN, own=True)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything asked about my data, newest first, with the answers."""
    after = request.GET.get("after", "")[:16]
    page = resources.list_corrections(
        actor_of(request), at=moments.now(), after=after, limit=_A_PAGE
    )
    values = {
        "rows": page.rows,
        "next": f"{_HOME}?after={page.next}" if page.next else "",
        "first": _HOME if after else "",
    }
    return render(request, "citizen/data_corrections.html", values)


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Choose the datum, say what is wrong and what it should be."""
    if request.method != "POST":
        return _page(request, None)
    try:
        resource_actions.report_error(
            element=request.POST.get("element", "")[:60],
            about="",
            wrong=request.POST.get("wrong", ""),
            right=request.POST.get("right", ""),
            actor=actor_of(request),
            at=moments.now(),
        )
    except (InvalidInput, CannotReport) as refusal:
        return _page(request, refusal)
    return HttpResponseRedirect(_HOME)


def _page(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    firm = actor_of(request).applicant.startswith("organization:")
    about = About.ORGANIZATION if firm else About.PERSON
    values = {
        "elements": resources.list_correctable(about),
        "chosen": request.POST.get("element", ""),
        "wrong": request.POST.get("wrong", "")[:LONGEST],
        "right": request.POST.get("right", "")[:LONGEST],
        "longest": LONGEST,
        "refusal": refusal,
        "bad": [problem.field for problem in refusal.fields] if refusal else [],
    }
    status = refusal.status if refusal else 200
    return render(request, "citizen/data_correction_new.html", values, status=status)
