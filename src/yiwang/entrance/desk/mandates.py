"""书面授权: signed papers written down by one clerk, confirmed by another, ended when taken back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.journey import mandating
from yiwang.entrance.desk.navigation import MANDATES, links
from yiwang.entrance.desk.uploads import stored_in
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.kernel.actor import Actor, PowerAct, Role
from yiwang.kernel.moments import SHANGHAI, legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.support.mandates import actions as mandate_actions
from yiwang.support.mandates import queries as mandates
from yiwang.support.mandates.definitions import (
    ACT_LABELS,
    ENDING_LABELS,
    KIND_LABELS,
    Ending,
    MandateKind,
    MandateView,
    Standing,
)

CLERKS: Final = (Role.WINDOW_CLERK,)
_KINDS: Final = (MandateKind.FAMILY, MandateKind.HELPER, MandateKind.FIRM_AGENT)
_TEXTS: Final = (
    "kind", "giver_name", "giver_citizen_id", "taker_name", "taker_citizen_id", "scope", "until",
    "proof", "taker_signed",
)  # fmt: skip
_SHOWN: Final = (403, 404, 409, 422, 503)
_OVER: Final = (Standing.REVOKED, Standing.DECLINED, Standing.EXPIRED)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=CLERKS)
def papers(request: HttpRequest) -> HttpResponse:
    """What waits for a second clerk, or all the body wrote down; newest first."""
    whole = request.GET.get("list") == "ALL"
    page = mandates.list_papers(
        _actor(request), at=now(), after=request.GET.get("after", "")[:16], waiting=not whole
    )
    here = f"{MANDATES}?list=ALL&" if whole else f"{MANDATES}?"
    values = {
        "links": links(request),
        "rows": page.rows,
        "whole": whole,
        "next": f"{here}after={page.next}" if page.next else "",
        "first": here[:-1] if "after" in request.GET else "",
    }
    return render(request, "desk/mandates.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CLERKS)
def new(request: HttpRequest) -> HttpResponse:
    """Write a paper down: who, for what, until when, the scan, how it was checked."""
    at, refusal = now(), None
    if request.method == "POST":
        try:
            view = _record(request, at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{MANDATES}{view.key}/?done=recorded")
    acts = request.POST.getlist("acts") if refusal else list(PowerAct)
    picked = request.POST.getlist("items")
    values = {
        "links": links(request),
        "refusal": refusal,
        "wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "typed": {name: request.POST.get(name, "")[:500] for name in _TEXTS},
        "kinds": [(kind.value, KIND_LABELS[kind]) for kind in _KINDS],
        "acts": [(str(act), label, act in acts) for act, label in ACT_LABELS.items()],
        "offered": [(c, n, c in picked) for c, n in mandating.list_offered().items()],
        "in_a_year": (legal_date(at) + timedelta(days=364)).isoformat(),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/mandate_new.html", values, status=status)


def _record(request: HttpRequest, at: datetime) -> MandateView:
    actor, typed = _actor(request), {name: request.POST.get(name, "").strip() for name in _TEXTS}
    if typed["kind"] not in _KINDS:
        raise _wrong("kind", "还没有选是什么关系", "，请选一项。")
    try:
        last = date.fromisoformat(typed["until"])
    except ValueError as error:
        raise _wrong("valid_until", "到期日不是日期", "，请写成 2026-12-18 的样子。") from error
    scans = stored_in(request, "scan", actor=actor, at=at)
    if not scans:
        raise _wrong("scan", "还没有交扫描件", "，请扫描有签名的委托书。")
    picked = request.POST.getlist("acts")
    return mandating.record_paper(
        kind=MandateKind(typed["kind"]),
        giver=mandating.Named(typed["giver_citizen_id"][:30], typed["giver_name"][:120]),
        taker=mandating.Named(typed["taker_citizen_id"][:30], typed["taker_name"][:60]),
        items=None if typed["scope"] == "ALL" else request.POST.getlist("items")[:100],
        acts=tuple(act for act in PowerAct if act in picked),
        valid_until=datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
        proof=typed["proof"],
        proof_file=scans[0].key,
        taker_signed=typed["taker_signed"] == "1",
        actor=actor,
        at=at,
    )


def _wrong(field: str, sentence: str, remedy: str) -> InvalidInput:
    return InvalidInput(fields=[FieldProblem(field, sentence, remedy)])


@require_GET
@access(OFFICIAL, roles=CLERKS)
def paper(request: HttpRequest, paper_key: str) -> HttpResponse:
    """One paper: what it says, how the first clerk knew, the scan; who looked is written down."""
    return _page(request, paper_key, None)


@require_GET
@access(OFFICIAL, roles=CLERKS)
def scan(request: HttpRequest, paper_key: str) -> StreamingHttpResponse:
    """The scanned paper."""
    return send_file(mandating.open_scan(key=paper_key, actor=_actor(request), at=now()))


@require_POST
@access(OFFICIAL, roles=CLERKS)
def settle(request: HttpRequest, paper_key: str) -> HttpResponse:
    """The second clerk confirms, or it is ended with the reason picked."""
    actor, at, because = _actor(request), now(), request.POST.get("because", "")
    try:
        if request.POST.get("verb") == "confirm":
            mandate_actions.confirm_paper(key=paper_key, actor=actor, at=at)
            return HttpResponseRedirect(f"{MANDATES}{paper_key}/?done=confirmed")
        if because not in set(Ending):
            raise _wrong("because", "还没有选为什么结束", "，请选一项。")
        mandate_actions.end_paper(key=paper_key, because=Ending(because), actor=actor, at=at)
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return _page(request, paper_key, refusal)
    return HttpResponseRedirect(f"{MANDATES}{paper_key}/?done=ended")


def _page(request: HttpRequest, key: str, refusal: Refusal | None) -> HttpResponse:
    actor = _actor(request)
    view, proof = mandate_actions.read_paper(key=key, actor=actor, at=now())
    waits = view.standing is Standing.WAITS_FOR_SECOND
    values = {
        "links": links(request),
        "refusal": refusal,
        "mandate": view,
        "proof": proof,
        "may_confirm": waits and view.proposed_by != actor.reference,
        "waits_for_another": waits and view.proposed_by == actor.reference,
        "over": view.standing in _OVER,
        "endings": ENDING_LABELS.items(),
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/mandate.html", values, status=status)
