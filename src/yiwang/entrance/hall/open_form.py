"""The form of a turn: kept while the clerk types, and whatever is pressed, kept first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import SessionView
from yiwang.capability.journey import counter
from yiwang.entrance.hall import turn
from yiwang.entrance.hall.navigation import CLERK_ROLES, actor_of
from yiwang.entrance.hall.turn_acts import is_shown
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.forms import answering, uploads
from yiwang.entrance.shell.forms.acts import ACTS
from yiwang.entrance.shell.forms.opened import OpenDraft, whole_form
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, Refusal


def _opened(request: HttpRequest, turn_key: str) -> OpenDraft:
    """The form of one's own open turn. ``NotFound``, ``TurnOver``, ``WhoIsIt``."""
    actor = actor_of(request)
    return turn.open_form(queries.get_open_session(turn_key, actor), actor)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CLERK_ROLES)
def whole(request: HttpRequest, turn_key: str) -> HttpResponse:
    """The form with a box opened (“不对？”); POST keeps what was typed, then does what was pressed."""
    session = queries.get_session(turn_key, actor_of(request))
    if request.method != "POST":
        return turn.show(request, session)
    try:
        return _sent(request, session)
    except InvalidInput as refusal:
        fresh = queries.get_session(turn_key, actor_of(request))
        return turn.show(request, fresh, refusal=refusal, problems=refusal.fields)
    except Refusal as refusal:
        if not is_shown(refusal):
            raise
        fresh = queries.get_session(turn_key, actor_of(request))
        return turn.show(request, fresh, refusal=refusal)


def _sent(request: HttpRequest, session: SessionView) -> HttpResponse:
    act, _bar, rest = request.POST.get("do", "save").partition(":")
    opened = _opened(request, session.key)
    shown = whole_form(opened)
    draft = answering.save_step(request, opened, shown)
    uploads.keep_uploads(request, opened, shown)
    if act in _STEPS:
        return HttpResponseRedirect(_STEPS[act](request, session))
    if draft.conflicts and act != "choose":
        return HttpResponseRedirect(f"{session.home}#c2")
    handler = ACTS.get(act)
    suffix = handler(request, opened.renewed(draft), shown, rest) if handler else "#c2"
    return HttpResponseRedirect(session.home + suffix)


def _receive(request: HttpRequest, session: SessionView) -> str:
    by_person = request.POST.get("by_person") == "yes"
    counter.receive(session_key=session.key, actor=actor_of(request), at=now(), by_person=by_person)
    return session.home


def _print(request: HttpRequest, session: SessionView) -> str:
    counter.print_form(session_key=session.key, actor=actor_of(request), at=now())
    return f"{session.home}print/"


def _signed(request: HttpRequest, session: SessionView) -> str:
    counter.sign_on_paper(session_key=session.key, actor=actor_of(request), at=now())
    return session.home


_STEPS: Final[Mapping[str, Callable[[HttpRequest, SessionView], str]]] = {
    "receive": _receive,
    "print": _print,
    "signed": _signed,
}


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def save(request: HttpRequest, turn_key: str) -> JsonResponse:
    """Keep what is on the page: the applicant's screen shows it a second later."""
    try:
        opened = _opened(request, turn_key)
        return answering.save(request, opened, whole_form(opened))
    except Refusal as refusal:
        return answering.refused(request, refusal)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def prefill(request: HttpRequest, turn_key: str) -> JsonResponse:
    """Ask the sources what they know, a second at most."""
    try:
        opened = _opened(request, turn_key)
        return answering.prefill(opened, whole_form(opened))
    except Refusal as refusal:
        return answering.refused(request, refusal)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def look_up(request: HttpRequest, turn_key: str, field: str) -> HttpResponse:
    """Whether who is named is listed under that number."""
    opened = _opened(request, turn_key)
    return answering.look_up(request, opened, whole_form(opened), field)


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def upload(request: HttpRequest, turn_key: str, field: str) -> JsonResponse:
    """One file of a file question."""
    try:
        return uploads.upload(request, _opened(request, turn_key), field)
    except Refusal as refusal:
        return answering.refused(request, refusal)
