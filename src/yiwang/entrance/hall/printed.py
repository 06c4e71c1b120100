"""What goes on paper: the form to be signed, and the 一次性告知单 of a question."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.halls import queries
from yiwang.capability.journey import counter
from yiwang.entrance.hall import navigation
from yiwang.entrance.hall.navigation import CLERK_ROLES, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound
from yiwang.support.letters import queries as letters


@require_safe
@access(OFFICIAL, roles=CLERK_ROLES)
def show_form(request: HttpRequest, turn_key: str) -> HttpResponse:
    """The form in words, with the place to sign and the mark of exactly this form."""
    session = queries.get_session(turn_key, actor_of(request))
    filled = counter.get_filled(session)
    if filled is None:
        raise NotFound("还没有申请表。", "请先选要办的事。")
    values = {
        "links": navigation.links(request),
        "session": session,
        "filled": filled,
        "paragraphs": [
            (title, list(rows)) for title, rows in groupby(filled.rows, lambda row: row.step_title)
        ],
        "at": now(),
    }
    return render(request, "hall/form.html", values)


@require_safe
@access(OFFICIAL, roles=CLERK_ROLES)
def show_letter(request: HttpRequest, turn_key: str, letter_key: str) -> HttpResponse:
    """One letter of the turn's case, to print or print again: receipt, acceptance, correction."""
    session = queries.get_session(turn_key, actor_of(request))
    if not session.case:
        raise NotFound
    values = {
        "links": navigation.links(request),
        "back": session.home,
        "face": letters.open_face(letter_key, subject=session.case),
    }
    return render(request, "hall/letter.html", values)


@require_safe
@access(OFFICIAL, roles=CLERK_ROLES)
def show_notice(request: HttpRequest, consultation_key: str) -> HttpResponse:
    """One notice of one's own turns, to print; again whenever it is asked for."""
    given = queries.get_consultation(consultation_key, actor_of(request))
    values = {
        "links": navigation.links(request),
        "back": f"/hall/turns/{given.session}/",
        "face": letters.open_face(given.letter, subject=given.reference),
    }
    return render(request, "hall/letter.html", values)
