"""What the clerk does in a turn: each act is one step of the journey, then the screen again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from yiwang.capability import journey
from yiwang.capability.deliveries import queries as deliveries
from yiwang.capability.deliveries.definitions import Identity, Taker
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import SessionView
from yiwang.capability.journey import counter
from yiwang.entrance.hall import turn
from yiwang.entrance.hall.navigation import CLERK_ROLES, WINDOW, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.forms import supplies
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.support.mandates.definitions import MandateOver

#: Shown on the turn's own screen; everything else (rights, not there) is a page of its own.
SHOWN: Final = (409, 422, 503)
_MOST_LINES = 50


@require_POST
@access(OFFICIAL, roles=CLERK_ROLES)
def take_act(request: HttpRequest, turn_key: str, act: str) -> HttpResponse:
    """One act; its refusal stands on top of the same screen."""
    session = queries.get_session(turn_key, actor_of(request))
    try:
        where = _ACTS[act](request, session)
    except Refusal as refusal:
        if not is_shown(refusal):
            raise
        fresh = queries.get_session(turn_key, actor_of(request))
        return turn.show(request, fresh, refusal=refusal)
    return HttpResponseRedirect(where or session.home)


def is_shown(refusal: Refusal) -> bool:
    """On the turn's own screen, also that the mandate of the window has run out."""
    return refusal.status in SHOWN or isinstance(refusal, MandateOver)


def _read_card(request: HttpRequest, session: SessionView) -> str:
    counter.find_by_card(session_key=session.key, actor=actor_of(request), at=now())
    return ""


def _typed(request: HttpRequest, session: SessionView) -> str:
    counter.find_by_number(
        session_key=session.key,
        citizen_id=request.POST.get("citizen_id", "")[:30],
        name=request.POST.get("name", "")[:60],
        actor=actor_of(request),
        at=now(),
    )
    return ""


def _for_whom(request: HttpRequest, session: SessionView) -> str:
    counter.act_for(
        session_key=session.key,
        applicant=request.POST.get("applicant", "")[:80],
        actor=actor_of(request),
        at=now(),
    )
    return ""


def _choose(request: HttpRequest, session: SessionView) -> str:
    counter.choose_item(
        session_key=session.key,
        item_code=request.POST.get("item", "")[:120],
        questions=_questions(request),
        actor=actor_of(request),
        at=now(),
    )
    return f"{session.home}#c2"


def _take_up(request: HttpRequest, session: SessionView) -> str:
    counter.take_up(
        session_key=session.key,
        draft_key=request.POST.get("draft", "")[:16],
        actor=actor_of(request),
        at=now(),
    )
    return f"{session.home}#c2"


def _questions(request: HttpRequest) -> dict[str, str]:
    prefix = "question-"
    return {
        name.removeprefix(prefix): str(value)[:60]
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }


def _materials(request: HttpRequest, session: SessionView) -> str:
    act, _bar, rest = request.POST.get("do", "").partition(":")
    opened = turn.open_form(session, actor_of(request))
    try:
        supplies.do(request, opened, act, rest)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        field = f"m-{rest.partition(':')[0]}"
        problem = FieldProblem(field, refusal.sentence, refusal.remedy)
        raise InvalidInput("材料没有收下", " ", fields=[problem]) from refusal
    return f"{session.home}#m-{rest.partition(':')[0]}" if rest else ""


def _undertake(request: HttpRequest, session: SessionView) -> str:
    agreed = "agree-"
    opened = turn.open_form(session, actor_of(request))
    journey.sign(
        draft_key=session.draft,
        kind=request.POST.get("kind", ""),
        digest=request.POST.get("digest", ""),
        agreed=[name.removeprefix(agreed) for name in request.POST if name.startswith(agreed)],
        actor=opened.actor,
        at=opened.at,
    )
    return ""


def _accept(request: HttpRequest, session: SessionView) -> str:
    counter.accept(
        session_key=session.key, version=_version(request), actor=actor_of(request), at=now()
    )
    return ""


def _correct(request: HttpRequest, session: SessionView) -> str:
    lines = request.POST.get("problems", "").splitlines()[:_MOST_LINES]
    about = {
        "session_key": session.key,
        "version": _version(request),
        "problems": tuple(line.strip()[:500] for line in lines if line.strip()),
    }
    step = (
        counter.hand_back
        if request.POST.get("how") == "hand_back"
        else counter.return_for_correction
    )
    step(**about, actor=actor_of(request), at=now())  # type: ignore[arg-type]
    return ""


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    if not (given.isascii() and given.isdecimal()) or len(given) > 9:
        raise InvalidInput("这一页已经过期。", "请刷新后再办理。")
    return int(given)


def _consult(request: HttpRequest, session: SessionView) -> str:
    given = counter.consult(
        session_key=session.key,
        item_code=request.POST.get("item", "")[:120],
        questions=_questions(request),
        remark=request.POST.get("remark", "")[:500],
        actor=actor_of(request),
        at=now(),
    )
    return f"/hall/consultations/{given.key}/"


def _hand_out(request: HttpRequest, session: SessionView) -> str:
    """交出结果: number and name as on the document he shows; only what lies here for whom he came."""
    key, actor = request.POST.get("shelf", "")[:16], actor_of(request)
    if key not in {one.key for one in deliveries.list_shelf_of(session.applicant, actor)}:
        raise NotFound
    who = Identity(
        Taker.SELF if session.applicant == session.person else Taker.AGENT,
        request.POST.get("name", "").strip()[:100],
        request.POST.get("number", "").strip()[:30],
        authority=request.POST.get("authority", "").strip()[:300],
    )
    journey.collect(key=key, version=_version(request), who=who, actor=actor, at=now())
    return f"{session.home}?handed=1"


def _finish(request: HttpRequest, session: SessionView) -> str:
    counter.finish(session_key=session.key, actor=actor_of(request), at=now())
    return WINDOW


_ACTS: Final[Mapping[str, Callable[[HttpRequest, SessionView], str]]] = {
    "card": _read_card,
    "typed": _typed,
    "for": _for_whom,
    "item": _choose,
    "draft": _take_up,
    "materials": _materials,
    "undertaking": _undertake,
    "accept": _accept,
    "correct": _correct,
    "consult": _consult,
    "hand-out": _hand_out,
    "finish": _finish,
}
ACTS: Final = tuple(_ACTS)
