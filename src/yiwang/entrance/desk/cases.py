"""The case on one screen, and the acts an official takes on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases.definitions import CaseView, Outcome
from yiwang.capability.materials.definitions import Supply
from yiwang.entrance.desk import panels, trust, typed
from yiwang.entrance.desk.case_acts import act_links
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.desk.worklist import worklist_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.clocks.definitions import ClockView

#: Phrases that save typing; the official may change every word.
PHRASES: Final = (
    "材料齐全，符合法定形式，同意。",
    "经核对登记信息，符合条件，同意。",
    "材料不齐全，请按一次性告知的内容补齐。",
)
_MAXIMUM_OPINION: Final = typed.LONGEST
#: How each act looks on the desk: its key and its weight. An act that is not here has no button.
_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "accept": ("a", ""),
    "return_for_correction": ("b", ""),
    "hand_back": ("b", ""),
    "refuse_acceptance": ("x", "danger"),
    "reject": ("n", "danger"),
    "confirm_by_person": ("y", "main"),
    "approve": ("y", "main"),
    "ask_extension": ("e", ""),
    "decline_extension": ("d", ""),
    "grant_extension": ("g", ""),
    "revoke_by_person": ("v", "danger"),
}
#: How a material came, in the official's words.
_HOW: Final[Mapping[str, str]] = {
    Supply.FETCHED: "已替申请人取到",
    Supply.REUSED: "用申请人以前交过的",
    Supply.UPLOADED: "申请人上传",
    Supply.PROMISED: "容缺，申请人承诺补交",
    Supply.COMMITTED: "告知承诺代替",
    Supply.FORM: "在申请表里",
    Supply.PENDING: "正在取，不用申请人交",
    Supply.MISSING: "还缺",
}


@dataclass(frozen=True, slots=True)
class Button:
    """One act as a button: the address part, the words, the key that presses it, its weight."""

    slug: str
    label: str
    key: str
    kind: str


def buttons(case: CaseView) -> tuple[Button, ...]:
    """The acts this official may take, the weightiest last, where the eye and the thumb end."""
    names = {act.name: act.label for act in case.acts}
    return tuple(
        Button(name.replace("_", "-"), names[name], key, kind)
        for name, (key, kind) in _LOOKS.items()
        if name in names
    )


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material as the desk shows it: its name, the file to open, how it came."""

    name: str
    file_key: str
    how: str
    source: str


def material_lines(case: CaseView) -> tuple[MaterialLine, ...]:
    """The case's materials with their state in words."""
    return tuple(
        MaterialLine(m.name, m.file_key, _HOW.get(m.state, m.state), m.source)
        for m in case.materials
    )


def _opinion(request: HttpRequest, *, needed: bool) -> str:
    text = request.POST.get("reason", "").strip()
    if needed and not text:
        raise InvalidInput(
            "请写明理由。",
            "申请人会看到这段话，请写清楚为什么、接下来怎么办。",
            fields=[FieldProblem("reason", "还没有写理由", "，请在意见栏写明")],
        )
    if len(text) > _MAXIMUM_OPINION:
        raise InvalidInput(
            "意见太长了。",
            f"请改到 {_MAXIMUM_OPINION} 字以内。",
            fields=[FieldProblem("reason", f"意见超过 {_MAXIMUM_OPINION} 字", "，请精简")],
        )
    return text


def _lines(text: str) -> tuple[str, ...]:
    """One thing to mend per line: an applicant is told everything at once."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _second_thoughts(
    request: HttpRequest, case_key: str, version: int, actor: Actor, at: datetime
) -> Mapping[str, Callable[[], CaseView]]:
    """More time, and taking back what a rule decided."""
    return {
        "ask_extension": lambda: journey.ask_extension(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "grant_extension": lambda: journey.grant_extension(
            case_key=case_key, version=version, actor=actor, at=at
        ),
        "decline_extension": lambda: journey.decline_extension(
            case_key=case_key, version=version, actor=actor, at=at
        ),
        "revoke_by_person": lambda: journey.revoke_by_person(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
    }


def _act(name: str, request: HttpRequest, case_key: str, actor: Actor, at: datetime) -> CaseView:
    version = typed.version_in(request)
    acts: Mapping[str, Callable[[], CaseView]] = {
        "accept": lambda: journey.accept(case_key=case_key, version=version, actor=actor, at=at),
        "return_for_correction": lambda: journey.return_for_correction(
            case_key=case_key,
            version=version,
            problems=_lines(_opinion(request, needed=True)),
            actor=actor,
            at=at,
        ),
        "hand_back": lambda: journey.hand_back(
            case_key=case_key,
            version=version,
            problems=_lines(_opinion(request, needed=True)),
            actor=actor,
            at=at,
        ),
        "refuse_acceptance": lambda: journey.refuse_acceptance(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "approve": lambda: journey.decide(
            case_key=case_key,
            version=version,
            outcome=Outcome.APPROVE,
            reason=_opinion(request, needed=True),
            conditions=request.POST.get("conditions", "").strip()[:_MAXIMUM_OPINION],
            actor=actor,
            at=at,
        ),
        "reject": lambda: journey.decide(
            case_key=case_key,
            version=version,
            outcome=Outcome.REJECT,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "confirm_by_person": lambda: journey.confirm_by_person(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        **_second_thoughts(request, case_key, version, actor, at),
    }
    if name not in acts:
        raise NotFound
    return acts[name]()


def leading(clocks: Sequence[ClockView]) -> ClockView | None:
    """The clock that decides the day: the nearest running one, else the last that ran."""
    running = [clock for clock in clocks if clock.stopped_on is None]
    return (
        min(running, key=lambda clock: clock.due_on) if running else next(iter(clocks[-1:]), None)
    )


def _page(
    request: HttpRequest, case: CaseView, *, refusal: Refusal | None = None, opinion: str = ""
) -> HttpResponse:
    clock = leading(case.clocks)
    worklist = worklist_of(request)
    before, behind = worklist.around(case.key)
    return render(
        request,
        "desk/case.html",
        {
            "worklist": worklist,
            "links": worklist.bar,
            "preceding": before,
            "following": behind,
            "case": case,
            "clock": clock,
            "refusal": refusal,
            "typed": opinion,
            "phrases": PHRASES,
            "buttons": buttons(case),
            "act_links": act_links(case),
            "materials": material_lines(case),
            "done": request.GET.get("done", "") == "1",
            **panels.together(case, request.actor, at=now()),  # type: ignore[attr-defined]
            **trust.for_case(case, request.actor, now()),  # type: ignore[attr-defined]
        },
        status=refusal.status if refusal else 200,
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_case(request: HttpRequest, case_key: str) -> HttpResponse:
    """Everything needed to decide on one screen. Opening it is written into the journal."""
    return _page(request, case_actions.read_case(case_key=case_key, actor=request.actor, at=now()))  # type: ignore[attr-defined]


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def take_act(request: HttpRequest, case_key: str, act: str) -> HttpResponse:
    """Take one act; a loser of two gets the newest state, and what was typed is kept."""
    at = now()
    try:
        _act(act.replace("-", "_"), request, case_key, request.actor, at)  # type: ignore[attr-defined]
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        case = case_actions.read_case(case_key=case_key, actor=request.actor, at=at)  # type: ignore[attr-defined]
        return _page(request, case, refusal=refusal, opinion=request.POST.get("reason", ""))
    query = worklist_of(request).query
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1&{query}")
