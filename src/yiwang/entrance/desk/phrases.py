"""The phrases an official keeps for opinions."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as case_queries
from yiwang.entrance.desk import navigation
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.references import KEY_PATTERN
from yiwang.kernel.refusals import Refusal


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def show_phrases(request: HttpRequest) -> HttpResponse:
    """One's own phrases; sent with a text, one more is kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            case_actions.keep_phrase(text=request.POST.get("text", ""), actor=actor, at=now())
            return HttpResponseRedirect(_here(request))
        except Refusal as refused:
            if refused.status != 422:
                raise
            refusal = refused
    context = {
        "links": navigation.links(request),
        "phrases": case_queries.list_phrases(actor),
        "typed": request.POST.get("text", "")[:400],
        "back": _case_of(request),
        "refusal": refusal,
    }
    return render(request, "desk/phrases.html", context, status=refusal.status if refusal else 200)


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def forget(request: HttpRequest, phrase_key: str) -> HttpResponse:
    """Delete one of one's own."""
    case_actions.forget_phrase(key=phrase_key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    return HttpResponseRedirect(_here(request))


def _case_of(request: HttpRequest) -> str:
    """The case one came from, to go back to."""
    key = request.GET.get("back", "")
    return key if re.fullmatch(KEY_PATTERN, key) else ""


def _here(request: HttpRequest) -> str:
    back = _case_of(request)
    return f"/desk/phrases/?back={back}" if back else "/desk/phrases/"
