"""交换: who calls whom, what is out of the ordinary, receipts, and stopping a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import drawing, navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.item_names import names_of
from yiwang.foundation.agreements.definitions import GRANT_ROLES
from yiwang.foundation.exchange import actions, queries
from yiwang.foundation.exchange.definitions import (
    ALERT_LABELS,
    RECEIPT_READERS,
    CallStatus,
    State,
)
from yiwang.foundation.exchange.queries import ReceiptFilter, ReceiptView
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput

PERIODS: Final = {"hour": (1, "一小时"), "day": (24, "一天"), "week": (168, "七天")}
STATUS_LABELS: Final = {
    CallStatus.FOUND: "有记录",
    CallStatus.NOT_FOUND: "没有记录",
    CallStatus.REFUSED: "拒绝",
    CallStatus.AWAY: "没有答复",
}
SIDE_LABELS: Final = {"CONSUMER": "调用方回执", "PROVIDER": "提供方回执"}
MISMATCH_LABELS: Final = {
    "MISSING": "对方没有回执",
    "DIFFERENT": "对方的回执不同",
    "OWN": "本节点的回执被改动",
}
UNSIGNED_AFTER: Final = timedelta(minutes=5)


class _Call(Protocol):
    """Whatever names a system and the service it calls."""

    @property
    def system(self) -> str: ...
    @property
    def service(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One receipt in a list, in words."""

    receipt: ReceiptView
    status: str
    good: bool
    side: str


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_traffic(request: HttpRequest) -> HttpResponse:
    """Who called whom in a stretch of time, drawn and in a table; oddities; books that differ."""
    at, chosen = now(), request.GET.get("period", "")
    period = chosen if chosen in PERIODS else "day"
    hours = PERIODS[period][0]
    traffic = queries.list_traffic(
        since=at - timedelta(hours=hours), until=at + timedelta(minutes=1)
    )
    names = names_in(traffic)
    context = {
        "links": navigation.links(request),
        "periods": [(name, label, name == period) for name, (_n, label) in PERIODS.items()],
        "period": PERIODS[period][1],
        "traffic": traffic,
        **names,
        "calls": sum(t.calls for t in traffic),
        "success": _success(traffic),
        "drawing": drawing.draw(
            traffic, systems_named=names["systems"], services_named=names["titles"]
        ),
        "odd": [
            (one, [ALERT_LABELS[kind] for kind in one.kinds])
            for one in queries.list_oddities(at=at)
        ],
        "waiting": len(actions.list_alerts(_actor(request)).rows),
        "mismatches": [
            (view, [(message, MISMATCH_LABELS.get(why, why)) for message, why in view.calls[:20]])
            for view in queries.list_mismatches(limit=20)
        ],
        "unsigned": queries.count_unsigned(older_than=UNSIGNED_AFTER, at=at),
    }
    return render(request, "console/exchange/traffic.html", context)


@require_GET
@access(OFFICIAL, roles=RECEIPT_READERS)
def show_receipts(request: HttpRequest) -> HttpResponse:
    """Receipts, the newest first, by service, system, case or outcome."""
    given = {name: request.GET.get(name, "").strip()[:80] for name in ("service", "system", "case")}
    status = request.GET.get("status", "")
    status = status if status in CallStatus.__members__ else ""
    only = ReceiptFilter(given["service"], given["system"], given["case"], status)
    before = navigation.key_in(request.GET.get("before", ""))
    rows = queries.list_receipts(_actor(request), only=only, before=before)
    asked = {name: value for name, value in {**given, "status": status}.items() if value}
    full = len(rows) == queries.PAGE
    context = {
        "links": navigation.links(request),
        "rows": [_row(receipt) for receipt in rows],
        **names_in(rows),
        "given": given,
        "statuses": [(s.value, label, s == status) for s, label in STATUS_LABELS.items()],
        "next": "?" + urlencode({**asked, "before": rows[-1].id}) if full else "",
        "first": "?" + urlencode(asked) if before else "",
    }
    return render(request, "console/exchange/receipts.html", context)


@require_GET
@access(OFFICIAL, roles=RECEIPT_READERS)
def show_receipt(request: HttpRequest) -> HttpResponse:
    """Both sides of one call, as far as they are here."""
    actor = _actor(request)
    found = queries.get_receipts(request.GET.get("message", "")[:32], actor)
    one, service = found[0], queries.find_service(found[0].service)
    labels = (
        {str(field["name"]): str(field["title"]) for field in service.fields} if service else {}
    )
    context = {
        "links": navigation.links(request),
        "rows": [(_row(receipt), queries.find_seal(receipt)) for receipt in found],
        "one": one,
        **names_in(found),
        "item": names_of([one.item])[0] if one.item else "",
        "fields": [labels.get(name) or name for name in one.fields],
        "opens_grant": any(actor.has_role(role) for role in GRANT_ROLES),
        "differs": _differs(found),
    }
    return render(request, "console/exchange/receipt.html", context)


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_services(request: HttpRequest) -> HttpResponse:
    """Services of this node, and who may call from here; a service can be stopped at once."""
    return _services(request)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def turn(request: HttpRequest) -> HttpResponse:
    """Stop a service with a reason, or let it answer again."""
    code, actor, at = request.POST.get("code", ""), _actor(request), now()
    try:
        if request.POST.get("act") == "resume":
            actions.resume_service(code=code, actor=actor, at=at)
        else:
            reason = request.POST.get("reason", "")[:200]
            actions.stop_service(code=code, reason=reason, actor=actor, at=at)
    except InvalidInput as refusal:
        return _services(request, refusal=refusal)
    return HttpResponseRedirect("/console/exchange/services/?done=1")


def _services(request: HttpRequest, *, refusal: InvalidInput | None = None) -> HttpResponse:
    after = request.GET.get("after", "")[:80]
    services = queries.list_services(after=after)
    full = len(services) == queries.PAGE
    context = {
        "links": navigation.links(request),
        "services": [(s, s.state == State.ACTIVE) for s in services],
        "systems": queries.list_systems(_actor(request)),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
        "next": "?" + urlencode({"after": services[-1].code}) if full else "",
        "first": "?" if after else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "console/exchange/services.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _row(receipt: ReceiptView) -> Row:
    status = CallStatus(receipt.status)
    good = status in (CallStatus.FOUND, CallStatus.NOT_FOUND)
    return Row(receipt, STATUS_LABELS[status], good, SIDE_LABELS[receipt.side])


def names_in(rows: Iterable[_Call]) -> dict[str, dict[str, str]]:
    """What the services and systems of some calls are called, as far as they are this node's."""
    calls = list(rows)
    return {
        "titles": queries.titles_of({one.service for one in calls}),
        "systems": queries.system_names_of({one.system for one in calls}),
    }


def _differs(found: tuple[ReceiptView, ...]) -> bool:
    """Whether two receipts of one call tell different things."""
    told = {(one.status, one.rows, one.request_digest, one.reply_digest) for one in found}
    return len(told) > 1


def _success(traffic: tuple[queries.Traffic, ...]) -> str:
    calls = sum(t.calls for t in traffic)
    away = sum(t.away for t in traffic)
    return f"{100 * (1 - away / calls):.1f}%" if calls else "没有调用"
