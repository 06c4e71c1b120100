"""The progress of one case: the sentence, the clock and its reasons, what I can do."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yiwang.capability.archives import queries as archives
from yiwang.capability.branches import queries as branches
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView, StepView
from yiwang.capability.conversations import queries as conversations
from yiwang.capability.deliveries import queries as deliveries
from yiwang.capability.visits import queries as visits
from yiwang.entrance.citizen import promised
from yiwang.entrance.shell import drawing, strip
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.drawing import DrawnStep, Progress
from yiwang.entrance.shell.forms.amounts import amount_words
from yiwang.entrance.shell.speaking import speak
from yiwang.entrance.shell.templatetags.words import short_day
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.clocks.definitions import ClockView

_PROGRESS: Final = {
    "DONE": Progress.DONE,
    "NOW": Progress.NOW,
    "SKIPPED": Progress.NOT_NEEDED,
}
#: What asks for an act of the applicant comes first; leaving is a quiet link.
_QUIET: Final = ("withdraw", "ask_for_person")


@access(CITIZEN, scope="cases:read")
@require_safe
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """One sentence on top, then why this day, who holds it, what to do, what happened."""
    return page(request, key)


def page(request: HttpRequest, key: str, refusal: Refusal | None = None) -> HttpResponse:
    """The page; after a message that could not be sent, with the reason on top and the words kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = moments.now()
    case = case_actions.read_case(case_key=key, actor=actor, at=at)
    clock, flow = running(case), case_queries.find_flow(case.item_code, case.item_version)
    joint = branches.list_case_branches(key, actor, at=at)
    values = {
        "case": case,
        **promised.of_case(case, actor, at),
        "clock": clock,
        "allowance": amount_words(clock.allowance) if clock else "",
        "cells": strip.cells(clock.strip, english=_english()) if clock else (),
        "flow": drawing.flow(_steps(case.steps)),
        "main_acts": [act for act in case.acts if act.name == "supply_correction"],
        "quiet_acts": [act for act in case.acts if act.name in _QUIET],
        "timeline": tuple(reversed(case.timeline)),
        "parts": branches.parts_of(joint, item_code=case.item_code, item_version=case.item_version),
        "visits": visits.list_case_visits(key, actor, at=at) if flow and flow.visit else (),
        "archive_no": "" if not case.ended else archives.find_archive_no(case.reference),
        "papers": deliveries.list_where(key, actor),
        "talk": conversations.conversation_on(case, actor, at=at),
        "talk_form": new_key(),
        "talk_typed": request.POST.get("text", "")[:4000],
        "talk_wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "citizen/progress.html", values, status=status)


def running(case: CaseView) -> ClockView | None:
    """The clock people wait for: the nearest running one, else the last that ran."""
    going = [clock for clock in case.clocks if clock.stopped_on is None]
    if going:
        return min(going, key=lambda clock: clock.due_on)
    return case.clocks[-1] if case.clocks else None


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _steps(steps: tuple[StepView, ...]) -> tuple[DrawnStep, ...]:
    return tuple(
        DrawnStep(speak(step.label), short_day(step.on), _PROGRESS.get(step.state, Progress.PLAIN))
        for step in steps
    )
