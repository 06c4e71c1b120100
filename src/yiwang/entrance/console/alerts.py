"""调用异常: what was not as usual, and who said what it was (plan row S10)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.console.exchange import names_in
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.definitions import ALERT_ANSWERERS, ALERT_LABELS, RECEIPT_READERS
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import queries as identity

ALERTS = "/console/exchange/alerts/"


@require_GET
@access(OFFICIAL, roles=RECEIPT_READERS)
def show_alerts(request: HttpRequest) -> HttpResponse:
    """Those nobody answered, or those answered, the newest first."""
    return _page(request)


@require_POST
@access(OFFICIAL, roles=ALERT_ANSWERERS)
def answer(request: HttpRequest) -> HttpResponse:
    """What it was, in words; kept with who said it and when."""
    key = request.POST.get("alert", "")[:16]
    words = request.POST.get("words", "")
    try:
        actions.answer_alert(key=key, words=words, actor=_actor(request), at=now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, refusal=refusal, typed=(key, words))
    return HttpResponseRedirect(f"{ALERTS}?done=1")


def _page(
    request: HttpRequest, *, refusal: Refusal | None = None, typed: tuple[str, str] = ("", "")
) -> HttpResponse:
    actor, answered = _actor(request), "answered" in request.GET
    after = request.GET.get("after", "")[:16]
    page = actions.list_alerts(actor, answered=answered, after=after)
    names = identity.list_names(sorted({row.answered_by for row in page.rows} - {""}))
    tab = "answered" if answered else "open"
    context = {
        "links": navigation.links(request),
        "tabs": [("open", "等处理", not answered), ("answered", "已处理", answered)],
        "answered": answered,
        "rows": [
            (row, ALERT_LABELS.get(row.kind, row.kind), names.get(row.answered_by, row.answered_by))
            for row in page.rows
        ],
        **names_in(page.rows),
        "may_answer": any(actor.has_role(role) for role in ALERT_ANSWERERS),
        "refusal": refusal,
        "typed_key": typed[0],
        "typed_words": typed[1],
        "done": request.GET.get("done", "") == "1",
        "next": f"?{tab}&after={page.next}" if page.next else "",
        "first": f"?{tab}" if after else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "console/exchange/alerts.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
