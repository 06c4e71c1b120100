"""The journal's health, and subjects a listener could not handle: see, retry, close with a reason."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.ledger import queries as ledger
from yiwang.foundation.ledger.definitions import CheckpointView
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.journal import actions as journal_actions
from yiwang.mechanisms.journal import queries as journal_queries

PAGE_SIZE: Final = 50
#: Beyond these the page says so: the promise is a second for sealing, a minute for a head.
SEAL_SECONDS: Final = 1.0
HEAD_SECONDS: Final = 120.0


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_journal(request: HttpRequest) -> HttpResponse:
    """Sealing, signed heads, every listener's position, and the parked subjects, oldest first."""
    at = now()
    after = navigation.key_in(request.GET.get("after", ""))
    parked = journal_queries.list_parked(after=after, limit=PAGE_SIZE)
    seal, head = journal_queries.seal_lag(at=at), journal_queries.head_age(at=at)
    return render(
        request,
        "console/journal.html",
        {
            "links": navigation.links(request),
            "seal": seal,
            "seal_late": seal.oldest_seconds > SEAL_SECONDS,
            "head": head,
            "head_late": head is None or head > HEAD_SECONDS,
            "listeners": journal_queries.listener_lags(at=at),
            "parked": parked,
            "next": f"/console/journal/?after={parked[-1].key}" if len(parked) == PAGE_SIZE else "",
            "paged": bool(after),
            "checkpoint": _newest_checkpoint(),
            "alarms": ledger.list_alarms(),
            "done": request.GET.get("done", ""),
        },
    )


def _newest_checkpoint() -> tuple[CheckpointView, list[str]] | None:
    """The public ledger's newest checkpoint and the nodes that countersigned it."""
    newest = ledger.find_newest()
    if newest is None:
        return None
    told = ledger.list_witness_signatures([newest.number]).get(newest.number, ())
    return newest, [str(one["witness"]) for one in told]


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_parked(request: HttpRequest, key: int) -> HttpResponse:
    """One parked subject: what failed, how often, what waits behind it."""
    return _parked_page(request, key)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def retry(request: HttpRequest, key: int) -> HttpResponse:
    """The cause is mended: try the subject again now."""
    journal_actions.retry_parked(key=key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    return HttpResponseRedirect("/console/journal/?done=retry")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Give the waiting facts up for this listener, and say why."""
    reason = request.POST.get("reason", "")
    try:
        journal_actions.close_parked(key=key, reason=reason, actor=request.actor, at=now())  # type: ignore[attr-defined]
    except InvalidInput as refusal:
        return _parked_page(request, key, refusal=refusal, typed=reason[:500])
    return HttpResponseRedirect("/console/journal/?done=close")


def _parked_page(
    request: HttpRequest, key: int, *, refusal: InvalidInput | None = None, typed: str = ""
) -> HttpResponse:
    context = {
        "links": navigation.links(request),
        "parked": journal_queries.get_parked(key),
        "refusal": refusal,
        "typed": typed,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/parked.html", context, status=status)
