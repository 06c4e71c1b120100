"""信用修复: breaches the body has on record, and what it answers to who asks for repair."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.desk import forms, navigation
from yiwang.entrance.desk.navigation import DESK_ROLES, REPAIRING_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.support.credit import actions as credit_actions
from yiwang.support.credit import queries as credit
from yiwang.support.credit.definitions import BREACH, BreachState

PAGE_SIZE: Final = 50
_WORDS: Final = Field("words", "理由", "long", "申请人会看到")
_ACTS: Final = {
    "repair": ("同意修复", "main", ("严重的，告知承诺方式马上恢复。记录还在，标明已修复。",)),
    "decline": ("不同意修复", "danger", ("写清楚还差什么；改好以后可以再申请。",)),
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_breaches(request: HttpRequest) -> HttpResponse:
    """Those of one state, newest first."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in BREACH.labels else BreachState.REPAIR_ASKED.value
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    rows = credit.list_breaches(
        _actor(request), at=now(), state=state, after=start, limit=PAGE_SIZE + 1
    )
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    context = {
        "links": navigation.links(request),
        "tabs": [(value, label, value == state) for value, label in BREACH.labels.items()],
        "label": BREACH.labels[state],
        "rows": shown,
        "next": f"?state={state}&after={shown[-1].position}" if more else "",
        "first": f"?state={state}" if start else "",
    }
    return render(request, "desk/breaches.html", context)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_breach(request: HttpRequest, breach_key: str) -> HttpResponse:
    """One record with everything that was written about it."""
    actor = _actor(request)
    breach = credit.get_breach(breach_key, actor, at=now())
    answers = breach.state == BreachState.REPAIR_ASKED
    context = {
        "links": navigation.links(request),
        "breach": breach,
        "may_answer": answers and any(actor.has_role(role) for role in REPAIRING_ROLES),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/breach.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=REPAIRING_ROLES)
def answer(request: HttpRequest, breach_key: str, answer: str) -> HttpResponse:
    """Agree or not, with reasons; asked once more with what will happen."""
    actor, at = _actor(request), now()
    breach = credit.get_breach(breach_key, actor, at=at)
    if answer not in _ACTS or breach.state != BreachState.REPAIR_ASKED:
        raise NotFound
    title, kind, consequences = _ACTS[answer]
    address = f"{navigation.BREACHES}{breach.key}/"
    form = forms.Form(
        title=f"{title}：{breach.item_name}",
        consequences=consequences,
        button=title,
        action=f"{address}{answer}/",
        back=address,
        back_label="回到这条记录",
        version=breach.version,
        fields=(_WORDS,),
        kind=kind,
    )
    if request.method != "POST":
        return forms.show(request, form)
    verb = credit_actions.repair if answer == "repair" else credit_actions.decline_repair
    try:
        with transaction.atomic():
            verb(
                key=breach.key,
                version=typed.version_in(request),
                words=typed.text_in(request, "words", label="理由"),
                actor=actor,
                at=at,
            )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"{address}?done=1")
