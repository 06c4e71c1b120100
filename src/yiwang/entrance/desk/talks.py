"""留言: what applicants wrote and we have not answered; one conversation; writing back."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.conversations import queries as conversations
from yiwang.capability.journey import together
from yiwang.entrance.desk import navigation, uploads
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.references import KEY_PATTERN, new_key
from yiwang.kernel.refusals import Refusal

PAGE_SIZE: Final = 50
_SHOWN: Final = (409, 422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def form_key(request: HttpRequest) -> str:
    """The key of this form: the same message is sent once however often the button is pressed."""
    given = request.POST.get("form", "")
    return given if KEY_PATTERN.fullmatch(given) else new_key()


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_talks(request: HttpRequest) -> HttpResponse:
    """Conversations that wait for us, the longest waiting first."""
    after = request.GET.get("after", "")[:16]
    page = conversations.list_waiting(_actor(request), at=now(), after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": navigation.TALKS if after else "",
    }
    return render(request, "desk/talks.html", context)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_talk(request: HttpRequest, case_key: str) -> HttpResponse:
    """One conversation by itself; opening it is written down."""
    return _page(request, case_key)


def _page(request: HttpRequest, case_key: str, refusal: Refusal | None = None) -> HttpResponse:
    actor, at = _actor(request), now()
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
    case = case_queries.get_case(case_key, actor, at=at)
    talk = together.read_talk(case_key, actor, at=at, before=before)
    context = {
        "links": navigation.links(request),
        "case": case,
        "talk": talk,
        "older": talk.remarks[0].number if talk.earlier else 0,
        "talk_form": new_key(),
        "talk_typed": request.POST.get("text", "")[:4000],
        "talk_wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "refusal": refusal,
    }
    return render(request, "desk/talk.html", context, status=refusal.status if refusal else 200)


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def say(request: HttpRequest, case_key: str) -> HttpResponse:
    """Write to the applicant."""
    actor, at = _actor(request), now()
    case_queries.get_case(case_key, actor, at=at)
    try:
        together.say(
            case_key=case_key,
            text=request.POST.get("text", ""),
            asks=request.POST.get("asks") == "1",
            idempotency_key=form_key(request),
            stored=uploads.stored_in(request, "files", actor=actor, at=at),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _page(request, case_key, refusal)
    return HttpResponseRedirect(f"/desk/cases/{case_key}/#talk")


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def read(request: HttpRequest, case_key: str) -> HttpResponse:
    """Seen, and nothing is to be answered."""
    actor, at = _actor(request), now()
    case_queries.get_case(case_key, actor, at=at)
    together.settle_talk(case_key=case_key, actor=actor, at=at)
    return HttpResponseRedirect(f"/desk/cases/{case_key}/#talk")


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_file(
    request: HttpRequest, case_key: str, remark_key: str, remark_file: str
) -> StreamingHttpResponse:
    """A file that came with a message."""
    return send_file(together.open_talk_file(case_key, remark_key, remark_file, _actor(request)))
