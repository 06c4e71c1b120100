"""代理: who stands in for me, for whom I stand in, and changing over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.entering import enter, origin_of
from yiwang.kernel.actor import CASE_STAFF, Actor
from yiwang.kernel.moments import SHANGHAI, legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import AccountKind

HERE = "/desk/stand-ins/"
_SHOWN = (403, 404, 409, 422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@access(OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Both sides, and the form to ask a colleague."""
    actor, at = _actor(request), now()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _ask(request, actor, at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{HERE}?done=asked")
    rows = queries.list_stand_ins(actor.reference, at=at)
    context = {
        "mine": [row for row in rows if row.principal == actor.reference],
        "others": [(row, row.counts(at)) for row in rows if row.taker == actor.reference],
        "may_ask": actor.on_behalf_of is None and any(actor.has_role(r) for r in CASE_STAFF),
        "posts": sorted({(g.post, g.post_name) for g in actor.grants if g.post}),
        "standing": actor.on_behalf_of is not None,
        "typed": {
            n: request.POST.get(n, "")[:200] for n in ("taker", "post", "since", "until", "reason")
        },
        "today": legal_date(at).isoformat(),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/standing_in.html", context, status=status)


def _ask(request: HttpRequest, actor: Actor, at: datetime) -> None:
    me = queries.find_account(actor.reference)
    name = request.POST.get("taker", "").strip()[:60]
    other = queries.find_account_by_user_name(name, AccountKind.OFFICIAL) if name else None
    if me is None or other is None or not other.active:
        raise InvalidInput(fields=[FieldProblem("taker", "没有这个工作账号。", "请核对用户名。")])
    since, until = _day(request, "since"), _day(request, "until")
    begins = datetime.combine(since, time(), SHANGHAI)
    identity.ask_stand_in(
        principal=me.key,
        taker=other.key,
        reason=request.POST.get("reason", "")[:400],
        post=request.POST.get("post", "")[:16],
        valid_from=max(begins, at),
        valid_until=datetime.combine(until + timedelta(days=1), time(), SHANGHAI),
        actor=actor,
        at=at,
    )


def _day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError as error:
        problem = FieldProblem(name, "不是日期。", "请写成 2026-12-18 的样子。")
        raise InvalidInput(fields=[problem]) from error


@access(OFFICIAL)
@require_POST
def begin(request: HttpRequest, stand_in_key: str) -> HttpResponse:
    """Change over to the colleague's work."""
    signed_in = identity.choose_stand_in(
        session_key=request.session_key,  # type: ignore[attr-defined]
        stand_in=stand_in_key,
        actor=_actor(request),
        origin=origin_of(request),
        at=now(),
    )
    rotate_token(request)
    return enter(signed_in, "/desk/")


@access(OFFICIAL)
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to one's own work; open also when the stand-in is over."""
    signed_in = identity.choose_organization(
        session_key=request.session_key,  # type: ignore[attr-defined]
        organization=None,
        actor=_actor(request),
        origin=origin_of(request),
        at=now(),
    )
    rotate_token(request)
    return enter(signed_in, "/desk/")


@access(OFFICIAL)
@require_POST
def end(request: HttpRequest, stand_in_key: str) -> HttpResponse:
    """Either of the two ends it."""
    identity.end_stand_in(stand_in=stand_in_key, actor=_actor(request), at=now())
    return HttpResponseRedirect(f"{HERE}?done=ended")
