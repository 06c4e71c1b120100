"""查询记录的询问和异议: what people ask about looks at their data, for the body's data officer."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, Refusal
from yiwang.support.enquiries import actions, queries
from yiwang.support.enquiries.definitions import ANSWERERS, FINDING_LABELS, Finding

PAGE_SIZE: Final = 50
_FINDING: Final = Field("finding", "结论", "choice", options=tuple(FINDING_LABELS.items()))
_WORDS: Final = Field("words", "答复", "long", "写明为什么查、查了什么、怎么处理；当事人看得到")


@require_GET
@access(OFFICIAL, roles=ANSWERERS)
def show_enquiries(request: HttpRequest) -> HttpResponse:
    """Those that wait, the oldest first; or those answered, the newest first."""
    answered = "answered" in request.GET
    given = request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 16 else 0
    found = queries.list_enquiries(
        actor_of(request), at=now(), answered=answered, after=after, limit=PAGE_SIZE + 1
    )
    rows, tab = found[:PAGE_SIZE], "answered" if answered else "open"
    context = {
        "links": navigation.links(request),
        "tabs": [("open", "等答复", not answered), ("answered", "已答复", answered)],
        "answered": answered,
        "rows": rows,
        "next": f"?{tab}&after={rows[-1].position}" if len(found) > PAGE_SIZE else "",
        "first": f"?{tab}" if after else "",
    }
    return render(request, "data/enquiries.html", context)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=ANSWERERS)
def show_enquiry(request: HttpRequest, enquiry_key: str) -> HttpResponse:
    """One of them, and the form to answer it."""
    actor, refusal = actor_of(request), None
    one = queries.get_enquiry(enquiry_key, actor, at=now())
    if request.method == "POST":
        try:
            finding = request.POST.get("finding", "")
            if finding not in list(Finding):
                raise InvalidInput("请选一个结论。")
            actions.answer(
                key=enquiry_key,
                finding=Finding(finding),
                words=request.POST.get("words", ""),
                actor=actor,
                at=now(),
            )
        except Refusal as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"/data/enquiries/{enquiry_key}/")
    context = {
        "links": navigation.links(request),
        "one": one,
        "fields": [
            replace(one, value=request.POST.get(one.name, "")) for one in (_FINDING, _WORDS)
        ],
        "refusal": refusal,
    }
    return render(request, "data/enquiry.html", context, status=refusal.status if refusal else 200)
