"""申请人屏: at its own address, paired with one window; shows the open turn there and nothing else."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.capability.commitments.definitions import PaperView
from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import NotPaired, SessionView
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import counter, list_papers
from yiwang.capability.journey.counter import Filled
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind

COOKIE: Final = "yiwang_screen"
_HOME: Final = "/screen/"
_LIFE: Final = 180 * 24 * 3600


@require_safe
@access(ANYONE)
def show_screen(request: HttpRequest) -> HttpResponse:
    """Unpaired: eight digits to type. Paired: what the clerk fills in, as it is typed."""
    return _page(request)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    try:
        values = _now(request)
    except NotPaired:
        values = {}
    template = "hall/screen.html" if values else "hall/screen_pair.html"
    page = render(
        request, template, {**values, "refusal": refusal}, status=refusal.status if refusal else 200
    )
    return _private(page)


@require_safe
@access(ANYONE)
def show_now(request: HttpRequest) -> HttpResponse:
    """The part that changes; nothing (204) while it is as the screen has it. Unpaired: cleared."""
    try:
        values = _now(request)
    except NotPaired as refusal:
        if request.headers.get("HX-Request"):
            gone = HttpResponse(status=refusal.status, headers={"HX-Redirect": _HOME})
            return _private(gone)
        raise
    if request.GET.get("seen", "") == values["mark"]:
        return _private(HttpResponse(status=204))
    return _private(render(request, "hall/_screen.html", values))


@require_POST
@access(ANYONE)
def pair(request: HttpRequest) -> HttpResponse:
    """The code from the window is typed here once; guessing is slowed down."""
    pace.slow_down(request, what="screen", per_minute=6)
    try:
        token = halls.pair(code=request.POST.get("code", "")[:20], at=now())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(request, refusal)
    response = HttpResponseRedirect(_HOME)
    response.set_cookie(
        COOKIE, token, max_age=_LIFE, httponly=True, samesite="Strict", path=_HOME,
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@require_POST
@access(ANYONE)
def sign(request: HttpRequest) -> HttpResponse:
    """The picture of the pad, for exactly the form that was shown."""
    token = request.COOKIES.get(COOKIE, "")
    queries.get_screen_counter(token)  # before anything is stored
    sent = request.FILES.get("picture")
    if sent is None:
        raise InvalidInput(_("没有收到签名。"), _("请在框里写上名字再确认。"))
    at = now()
    stored = files.store(
        data=sent.file,  # type: ignore[arg-type]
        filename="签名.png",
        actor=counter.SCREEN,
        at=at,
        accept={Kind.PNG},
    )
    counter.sign_on_screen(
        token=token, digest=request.POST.get("digest", "")[:64], picture=stored, at=at
    )
    return _private(HttpResponseRedirect(_HOME))


def _now(request: HttpRequest) -> dict[str, object]:
    """The open turn of the paired window. ``NotPaired``."""
    token = request.COOKIES.get(COOKIE, "")
    window = queries.get_screen_counter(token)
    session, filled = counter.find_on_screen(token)
    signed = session is not None and counter.is_signed(session, filled)
    return {
        "window": window,
        "session": session,
        "filled": filled,
        "signed": signed,
        "papers": _papers(session),
        "received": session is not None and bool(session.case),
        "mark": _mark(session, filled, signed),
    }


def _papers(session: SessionView | None) -> tuple[PaperView, ...]:
    if session is None or not session.draft or session.case:
        return ()
    return list_papers(intake.get_draft(session.draft, counter.SCREEN))


def _mark(session: SessionView | None, filled: Filled | None, signed: bool) -> str:
    """Changes whenever something on the screen does."""
    if session is None:
        return "nobody"
    digest = filled.digest[:16] if filled else ""
    return f"{session.key}-{session.version}-{digest}-{int(signed)}"


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
