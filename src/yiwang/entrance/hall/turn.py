"""The clerk's one screen while somebody stands at the window: who, what, form, materials, acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.deliveries import queries as deliveries
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import SessionView
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import counter
from yiwang.capability.materials.definitions import Supply
from yiwang.entrance.hall import navigation
from yiwang.entrance.hall.checks import checks_of
from yiwang.entrance.hall.navigation import CLERK_ROLES, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.forms import supplies
from yiwang.entrance.shell.forms.opened import OpenDraft, open_draft, page_state, whole_form
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks import rules as clock_rules
from yiwang.support.assistant import queries as assistant
from yiwang.support.letters import queries as letters
from yiwang.support.readers import queries as readers

_MOST_HITS = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """One item found: whether this window takes it, and whether something is asked first."""

    code: str
    name: str
    department: str
    taken_here: bool
    asks: bool


@require_safe
@access(OFFICIAL, roles=CLERK_ROLES)
def show_turn(request: HttpRequest, turn_key: str) -> HttpResponse:
    """One's own turn; another clerk's is not there."""
    return show(request, queries.get_session(turn_key, actor_of(request)))


def open_form(session: SessionView, actor: Actor) -> OpenDraft:
    """The draft of a turn, filled in for the person present."""
    who = counter.acting(session, actor, now())
    return open_draft(session.draft, who, home=session.home)


def show(
    request: HttpRequest,
    session: SessionView,
    *,
    refusal: Refusal | None = None,
    problems: Sequence[FieldProblem] = (),
) -> HttpResponse:
    """The whole screen; after a refusal with its reason on top."""
    actor, at = actor_of(request), now()
    fillable = session.open and not session.case and bool(session.person)
    known = fillable and counter.may_act(session, actor, at)
    values = {
        "links": navigation.links(request),
        "session": session,
        "run_out": fillable and not known,
        "shift": queries.find_shift(actor),
        "queue": queries.get_queue(session.counter, at=at),
        "reader_works": readers.works(session.counter.reference),
        "minutes": int(((session.ended_at or at) - session.began_at).total_seconds() // 60),
        "consultations": queries.list_consultations(session),
        "refusal": refusal,
        "handed": request.GET.get("handed") == "1",
        **_need(request, session, actor),
    }
    if known:
        values |= {
            "for_whom": counter.list_for_whom(session, at=at),
            "prepared": counter.list_prepared(session, actor, at=at),
            "on_shelf": deliveries.list_shelf_of(session.applicant, actor),
            "by_agent": session.applicant != session.person,
        }
    if session.case:
        values |= _case(session, actor, at)
    elif session.draft and known:
        values |= _form(request, session, actor, problems)
    return render(request, "hall/turn.html", values, status=refusal.status if refusal else 200)


def _need(request: HttpRequest, session: SessionView, actor: Actor) -> dict[str, object]:
    """What was searched, and the item whose questions (or notice) are open."""
    words = request.GET.get("q", "")[:60]
    asking = "ask" in request.GET
    code = request.GET.get("item", "")[:120]
    version = catalogue.find_item(code) if code else None
    values: dict[str, object] = {
        "q": words,
        "asking": asking,
        "hits": _hits(words, session, actor) if words else (),
        "missed": bool(words),
    }
    if version is not None:
        values |= {
            "chosen": version.item,
            "chosen_taken": counter.may_take(session, version.item, actor),
            "questions": version.item.questions,
            "remark": request.GET.get("remark", "")[:500],
        }
    return values


def _hits(words: str, session: SessionView, actor: Actor) -> tuple[Hit, ...]:
    found = assistant.search(words, division_code=session.counter.division_code, limit=_MOST_HITS)
    return tuple(
        Hit(
            one.code,
            one.name,
            version.item.department_name,
            version.open_for_application and counter.may_take(session, version.item, actor),
            bool(version.item.questions),
        )
        for one in found
        if (version := catalogue.find_item(one.code)) is not None
    )


def _form(
    request: HttpRequest, session: SessionView, actor: Actor, problems: Sequence[FieldProblem]
) -> dict[str, object]:
    """Everything that is filled in, handed over, promised and confirmed."""
    opened = open_form(session, actor)
    shown = whole_form(opened)
    state = page_state(opened, shown, problems=problems, wanted=request.GET.dict())
    lines = supplies.list_lines(opened)
    filled = counter.get_filled(session)
    asked = [field for field in shown.fields if field.key in state.visible]
    wrong = intake.check(opened.draft, on=legal_date(opened.at))
    missing = [
        line.view for line in lines if line.view.supply is Supply.MISSING and line.view.required
    ]
    unsigned = [one for one in opened.papers if one.signed_at is None]
    signed = counter.is_signed(session, filled)
    checks = checks_of(
        session, wrong=wrong, missing=missing, unsigned=unsigned, signed=signed,
        contradictions=intake.list_contradictions(opened.draft),
    )  # fmt: skip
    return {
        "opened": opened,
        "fields": render_fields(opened.form, shown.fields, state),
        "asked_count": len(asked),
        "filled_count": sum(1 for field in asked if field.key in opened.draft.answers),
        "lines": lines,
        "supplied_count": sum(1 for line in lines if line.view.supply is not Supply.MISSING),
        "papers": [
            (one, one.paper.kind.lower(), [(t, f"agree-{t.key}") for t in one.paper.declared])
            for one in opened.papers
        ],
        "signed": signed,
        "printed": filled is not None and session.printed_digest == filled.digest,
        "checks": checks,
        "ready": all(check.good for check in checks if check.needed),
        "lacking": "；".join(check.text for check in checks if not check.good)[:400],
        "answer_by": _answer_by(opened.version.item, opened.at),
    }


def _answer_by(item: Item, at: datetime) -> date | None:
    """Until when somebody is answered who hands in today."""
    limit = item.promised or item.statutory
    if limit is None or not limit.amount:
        return None
    start, calendar = legal_date(at), clocks.get_calendar()
    return clock_rules.due(start=start, allowance=limit, calendar=calendar).on


def _case(session: SessionView, actor: Actor, at: datetime) -> dict[str, object]:
    """The case that was received: how it stands, what may be done now, what can be printed."""
    case = cases.get_case(session.case_key, actor, at=at)
    names = {act.name for act in case.acts}
    returning = next((n for n in ("return_for_correction", "hand_back") if n in names), "")
    return {
        "case": case,
        "may_accept": "accept" in names,
        "returning": returning,
        "letters": letters.list_letters(session.case),
        "clock": _leading(case),
    }


def _leading(case: CaseView) -> object:
    running = [clock for clock in case.clocks if clock.stopped_on is None]
    return min(running, key=lambda clock: clock.due_on) if running else None
