"""The case on one screen, and the acts an official takes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.materials.definitions import Supply
from yiwang.entrance.desk import account, dock, panels, trust, viewer
from yiwang.entrance.desk.case_acts import act_links
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.desk.worklist import worklist_of
from yiwang.entrance.shell import framing
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.governance.supervision import queries as supervision
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.clocks.definitions import ClockView

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
class MaterialLine:
    """One material as the desk shows it: its name, the file to open, how it came."""

    name: str
    file_key: str
    how: str
    source: str
    told: str


def material_lines(case: CaseView) -> tuple[MaterialLine, ...]:
    """The case's materials with their state in words."""
    return tuple(
        MaterialLine(m.name, m.file_key, _HOW.get(m.state, m.state), m.source, m.told)
        for m in case.materials
    )


def leading(clocks: Sequence[ClockView]) -> ClockView | None:
    """The clock that decides the day: the nearest running one, else the last that ran."""
    running = [clock for clock in clocks if clock.stopped_on is None]
    return (
        min(running, key=lambda clock: clock.due_on) if running else next(iter(clocks[-1:]), None)
    )


def _page(
    request: HttpRequest, case: CaseView, *, refusal: Refusal | None = None, opinion: str = ""
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at, clock = now(), leading(case.clocks)
    worklist, beside = worklist_of(request), panels.together(case, actor, at=at)
    before, behind = worklist.around(case.key)
    response = render(
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
            "phrases": (*dock.PHRASES, *worklist.phrases),
            "inside": dock.stays_inside(case),
            "buttons": dock.buttons(case),
            "act_links": act_links(case),
            "conditions": request.POST.get("conditions") or beside.get("proposed", ""),
            "materials": material_lines(case),
            "done": request.GET.get("done", "") == "1",
            "strip": account.strip_of(case.time_account, clock),
            "earlier": journey.compare_earlier(case_key=case.key, actor=actor, at=at)
            if case.earlier
            else None,
            "viewer": viewer.viewer_of(case, request.GET.get("show", "")),
            "cards": supervision.list_case_cards(case.reference, actor),
            **beside,
            **trust.for_case(case, actor, at),
        },
        status=refusal.status if refusal else 200,
    )
    return framing.may_frame(response)


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
        dock.take(act.replace("-", "_"), request, case_key, request.actor, at)  # type: ignore[attr-defined]
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        case = case_actions.read_case(case_key=case_key, actor=request.actor, at=at)  # type: ignore[attr-defined]
        return _page(request, case, refusal=refusal, opinion=request.POST.get("reason", ""))
    query = worklist_of(request).query
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1&{query}")
