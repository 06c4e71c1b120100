"""找回账号: one official asks for somebody who has lost every way in, another confirms and gets the code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.definitions.factors import RECOVERY_ROLES, RecoveryView

PAGE_SIZE: Final = 50
_SHOWN: Final = (403, 404, 409, 422)


@dataclass(frozen=True, slots=True)
class Row:
    """One recovery in words. ``own``: asked by the one who looks, so another must confirm."""

    recovery: RecoveryView
    asked_by: str
    own: bool


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _page(request: HttpRequest, *, refusal: Refusal | None = None, code: str = "") -> HttpResponse:
    actor, after = _actor(request), request.GET.get("after", "")[:80]
    found = queries.list_recoveries(actor, after=after, limit=PAGE_SIZE)
    names = queries.list_names({one.asked_by for one in found})
    context = {
        "links": navigation.links(request),
        "rows": [
            Row(one, names.get(one.asked_by, ""), one.asked_by == actor.reference) for one in found
        ],
        "kinds": [
            kind.value
            for kind, roles in RECOVERY_ROLES.items()
            if any(actor.has_role(role) for role in roles)
        ],
        "next": found[-1].position if len(found) == PAGE_SIZE else "",
        "paged": bool(after),
        "code": f"{code[:4]} {code[4:8]} {code[8:]}" if code else "",
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    return render(
        request, "console/recovery.html", context, status=refusal.status if refusal else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.RECOVERY_ROLES)
def recovery(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and the form to ask."""
    if request.method != "POST":
        return _page(request)
    given = request.POST
    kind = AccountKind.OFFICIAL if given.get("kind") == "OFFICIAL" else AccountKind.PERSON
    try:
        identity.ask_recovery(
            kind=kind,
            login=given.get("login", "")[:100],
            reason=given.get("reason", ""),
            phone_lost=given.get("phone_lost") == "yes",
            actor=_actor(request),
            at=now(),
        )
    except Refusal as refusal:
        return _shown(request, refusal)
    return HttpResponseRedirect(f"{navigation.RECOVERY}?done=asked")


def _shown(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if refusal.status not in _SHOWN:
        raise refusal
    return _page(request, refusal=refusal)


@require_POST
@access(OFFICIAL, roles=navigation.RECOVERY_ROLES)
def confirm(request: HttpRequest, recovery_key: str) -> HttpResponse:
    """The second person confirms; the code is on this one answer and nowhere else."""
    try:
        code = identity.confirm_recovery(recovery=recovery_key, actor=_actor(request), at=now())
    except Refusal as refusal:
        return _shown(request, refusal)
    return _page(request, code=code)


@require_POST
@access(OFFICIAL, roles=navigation.RECOVERY_ROLES)
def drop(request: HttpRequest, recovery_key: str) -> HttpResponse:
    """It was not right: nothing of the account changes."""
    try:
        identity.drop_recovery(recovery=recovery_key, actor=_actor(request), at=now())
    except Refusal as refusal:
        return _shown(request, refusal)
    return HttpResponseRedirect(f"{navigation.RECOVERY}?done=dropped")
