"""A form page of forty questions: CPU of one core to draw it, and to judge its answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import RequestFactory

from bench.figures import Measurement, at_most, percentile
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake import sample
from yiwang.capability.intake.definitions import DraftView, Form, parse_form
from yiwang.entrance.citizen.apply import form as page
from yiwang.entrance.shell.forms.opened import OpenDraft, page_state
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind

QUESTIONS = 40
ROUNDS = 200


def measure() -> list[Measurement]:
    """The whole page as a visitor gets it, the questions alone, and judging all answers."""
    form, answers = _form_of_forty()
    opened = _opened(form, answers)
    step = form.steps[0]
    request = RequestFactory().get(opened.address(step.key))
    request.actor = opened.actor  # type: ignore[attr-defined]
    state = page_state(opened, step)
    on = moments.legal_date(opened.at)
    whole = _cpu_ms(lambda: page.show_step(request, opened, step))
    fields = _cpu_ms(lambda: render_fields(form, step.fields, state))
    judged = _cpu_ms(lambda: intake.check_answers(form, answers, on=on))
    return [
        at_most(f"{QUESTIONS}-field form page CPU", percentile(whole, 0.5), "ms", 5.0),
        Measurement(f"{QUESTIONS} fields alone CPU", round(percentile(fields, 0.5), 3), "ms"),
        Measurement(f"judging {QUESTIONS} answers CPU", round(percentile(judged, 0.5), 3), "ms"),
    ]


def _form_of_forty() -> tuple[Form, dict[str, Any]]:
    """The sample form of every kind, filled up with texts, all in one step."""
    document = sample.sample_document()
    extra = [f"text_{n}" for n in range(QUESTIONS - len(document["properties"]))]
    for name in extra:
        document["properties"][name] = {
            "type": "string",
            "title": f"问题 {name}",
            "x-why": "为了核对。",
            "x-help": "照证件上的写。",
        }
    document["x-steps"] = [{"key": "all", "title": "全部", "fields": list(document["properties"])}]
    form, problems = parse_form(document)
    if form is None:
        raise ValueError(problems)
    return form, {**sample.good_answers(), **dict.fromkeys(extra, "兰州市城关区静宁路")}


def _opened(form: Form, answers: dict[str, Any]) -> OpenDraft:
    at = moments.now()
    actor = Actor(kind=ActorKind.PERSON, reference="person:0000000000000000")
    draft = DraftView(
        key="0000000000000000",
        item_code="individual-business",
        item_version=1,
        applicant=actor.reference,
        answers=answers,
        prefilled={},
        questions={},
        step="all",
        version=1,
        started_at=at,
        saved_at=at,
        expires_at=at + timedelta(days=30),
        form_instance="0000000000000000",
    )
    version = catalogue.get_item(draft.item_code)
    return _Opened(draft, form, version, actor, at, home=f"/my/drafts/{draft.key}/")


class _Opened(OpenDraft):
    """The form is not published under the item, so the materials are taken as they are."""

    @property
    def required(self) -> tuple[Any, ...]:
        return self.version.item.materials


def _cpu_ms(act: Callable[[], object]) -> list[float]:
    act()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        act()
        taken.append((time.process_time() - began) * 1000)
    return taken
