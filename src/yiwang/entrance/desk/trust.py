"""On the page of a case: late papers, its commitment, papers to mark as verified; and their acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import ToleranceState, ToleranceView
from yiwang.entrance.desk import forms
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

_REASON = Field("reason", "哪里不对，要什么样的", "long", "申请人会看到，请写清楚")


@dataclass(frozen=True, slots=True)
class Verifiable:
    """One paper of the case that has files: marked already, or to be marked."""

    key: str
    name: str
    verified: str


@dataclass(frozen=True, slots=True)
class Late:
    """One late paper, and whether an official may send it back or let the result go out."""

    view: ToleranceView
    may_send_back: bool
    may_confirm: bool


def for_case(case: CaseView, actor: Actor, at: datetime) -> Mapping[str, object]:
    """What the partial ``desk/case/_trust.html`` shows."""
    made = promises.get_promises(case.reference, actor, at=at)
    handed = {m.key: m for m in case.materials if m.file_key}
    return {
        "late": [_late(one, case) for one in made.late],
        "commitment": made.commitment,
        "verifiable": [Verifiable(m.key, m.name, m.verified) for m in handed.values()],
        "to_verify": any(not m.verified for m in handed.values()),
    }


def _late(view: ToleranceView, case: CaseView) -> Late:
    here = view.state == ToleranceState.SUPPLIED and not view.settled
    return Late(view, here, here and case.state == State.APPROVED)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def verify(request: HttpRequest, case_key: str) -> HttpResponse:
    """Mark the chosen papers as verified."""
    journey.verify_materials(
        case_key=case_key,
        chosen=request.POST.getlist("material")[:50],
        actor=_actor(request),
        at=now(),
    )
    return redirect(f"/desk/cases/{case_key}/?done=1")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def send_back(request: HttpRequest, case_key: str, tolerance_key: str) -> HttpResponse:
    """The late paper is not what was asked for: say why, the rest of its term runs on."""
    actor, at = _actor(request), now()
    late = _open(case_key, tolerance_key, actor, at)
    form = forms.Form(
        title=f"退回补交的材料：{late.name}",
        consequences=("申请人会收到通知，剩下的补交期限接着算。", "补交以前不发结果。"),
        button="退回",
        action=f"/desk/cases/{case_key}/late/{tolerance_key}/send-back/",
        back=f"/desk/cases/{case_key}/",
        back_label="回到办件",
        version=late.version,
        fields=(_REASON,),
    )
    if request.method != "POST":
        return forms.show(request, form)
    try:
        journey.send_back_late(
            case_key=case_key,
            tolerance_key=tolerance_key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="哪里不对"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1")


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def confirm(request: HttpRequest, case_key: str, tolerance_key: str) -> HttpResponse:
    """The late paper of an approved case is right: the result is made."""
    actor, at = _actor(request), now()
    _open(case_key, tolerance_key, actor, at)
    journey.confirm_late(
        case_key=case_key,
        tolerance_key=tolerance_key,
        version=typed.version_in(request),
        actor=actor,
        at=at,
    )
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1")


def _open(case_key: str, tolerance_key: str, actor: Actor, at: datetime) -> ToleranceView:
    case = cases.get_case(case_key, actor, at=at)
    late = promises.get_tolerance(tolerance_key, actor, at=at)
    if late.case != case.reference:
        raise NotFound
    return late
