"""The progress of one case: the sentence, the clock and its reasons, what I can do."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView, StepView
from yiwang.entrance.citizen.answers import amount_words
from yiwang.entrance.shell import drawing, strip
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.drawing import DrawnStep, Progress
from yiwang.entrance.shell.templatetags.words import short_day
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
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
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = cases.get_case(key, actor, at=moments.now())
    clock = running(case)
    values = {
        "case": case,
        "clock": clock,
        "allowance": amount_words(clock.allowance) if clock else "",
        "cells": strip.cells(clock.strip, english=_english()) if clock else (),
        "flow": drawing.flow(_steps(case.steps)),
        "main_acts": [act for act in case.acts if act.name == "supply_correction"],
        "quiet_acts": [act for act in case.acts if act.name in _QUIET],
        "timeline": tuple(reversed(case.timeline)),
    }
    return render(request, "citizen/progress.html", values)


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
        DrawnStep(step.label, short_day(step.on), _PROGRESS.get(step.state, Progress.PLAIN))
        for step in steps
    )
