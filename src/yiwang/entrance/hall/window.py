"""受理: choose a window, begin, rest, call, leave; who is called leads to his turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import BREAK_LABELS, BreakReason, SessionView
from yiwang.capability.journey import counter
from yiwang.entrance.hall import navigation, turn
from yiwang.entrance.hall.navigation import CLERK_ROLES, WINDOW, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.support.readers import queries as readers


@require_GET
@access(OFFICIAL, roles=CLERK_ROLES)
def show_window(request: HttpRequest) -> HttpResponse:
    """Off duty the windows, on duty whoever is being served, else the line."""
    session = queries.find_open_session(actor_of(request))
    if session is not None:
        return HttpResponseRedirect(session.home)
    return show(request)


def show(request: HttpRequest, *, refusal: Refusal | None = None, code: str = "") -> HttpResponse:
    """The window between two turns."""
    actor, at = actor_of(request), now()
    shift = queries.find_shift(actor)
    values = {
        "links": navigation.links(request),
        "shift": shift,
        "counters": () if shift else queries.list_counters(actor),
        "queue": queries.get_queue(shift.counter, at=at) if shift else None,
        "breaks": BREAK_LABELS.items(),
        "reader_works": readers.works(shift.counter.reference) if shift else False,
        "refusal": refusal,
        "code": code,
    }
    return render(request, "hall/window.html", values, status=refusal.status if refusal else 200)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def begin(request: HttpRequest, counter_key: str) -> HttpResponse:
    """上岗."""
    try:
        halls.begin_shift(counter=counter_key, actor=actor_of(request), at=now())
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return show(request, refusal=refusal)
    return HttpResponseRedirect(WINDOW)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def take_act(request: HttpRequest, act: str) -> HttpResponse:
    """Pause, go on, call, pass over, serve without a number, leave; and the window's screen."""
    try:
        session = _ACTS[act](request)
    except Refusal as refusal:
        if refusal.status not in (404, 409):
            raise
        return _refused(request, refusal)
    return HttpResponseRedirect(session.home if session else WINDOW)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The same page with the reason on top; a turn that is open is shown again."""
    session = queries.find_open_session(actor_of(request))
    if session is None:
        return show(request, refusal=refusal)
    return turn.show(request, session, refusal=refusal)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def call_ticket(request: HttpRequest, ticket_key: str) -> HttpResponse:
    """再叫一次: the one just called, or one who missed his turn."""
    try:
        session = halls.call_again(ticket=ticket_key, actor=actor_of(request), at=now())
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _refused(request, refusal)
    return HttpResponseRedirect(session.home)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def pair(request: HttpRequest) -> HttpResponse:
    """Eight digits for the applicant's screen, shown on this page once."""
    return show(request, code=halls.offer_code(actor=actor_of(request), at=now()))


def _pause(request: HttpRequest) -> None:
    given = request.POST.get("reason", BreakReason.REST)
    if given not in list(BreakReason):
        raise NotFound
    halls.pause(reason=BreakReason(given), actor=actor_of(request), at=now())


def _resume(request: HttpRequest) -> None:
    halls.resume(actor=actor_of(request), at=now())


def _leave(request: HttpRequest) -> None:
    halls.end_shift(actor=actor_of(request), at=now())


def _call(request: HttpRequest) -> SessionView:
    return counter.serve_next(actor=actor_of(request), at=now())


def _walk_in(request: HttpRequest) -> SessionView:
    return halls.begin_session(actor=actor_of(request), at=now())


def _miss(request: HttpRequest) -> None:
    halls.miss(actor=actor_of(request), at=now())


def _unpair(request: HttpRequest) -> None:
    halls.end_pairing(actor=actor_of(request), at=now())


_ACTS: Final[Mapping[str, Callable[[HttpRequest], SessionView | None]]] = {
    "pause": _pause,
    "resume": _resume,
    "leave": _leave,
    "call": _call,
    "walk-in": _walk_in,
    "miss": _miss,
    "unpair": _unpair,
}
ACTS: Final = tuple(_ACTS)
