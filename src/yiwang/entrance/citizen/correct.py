"""补正: the form again as it was filled in, and a place for the files the notice asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Field, Form, Kind
from yiwang.entrance.citizen.acts import actor_of, open_case, seen_version
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms.opened import children_of
from yiwang.entrance.shell.forms.reading import read_answers
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.entrance.shell.forms.state import PageState, by_field
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile

_MOST_AT_ONCE = 5


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """Supply what was missing: changed answers, new files, or both."""
    actor = actor_of(request)
    case = open_case(key, actor, "supply_correction")
    form = intake.get_spoken_form(case.item_code, case.item_version, get_language() or "zh-hans")
    if request.method != "POST":
        return _page(request, case, form, case.answer_values)
    given = read_answers(_shown(form, case.answer_values), request.POST)
    try:
        _supply(
            request,
            case,
            intake.tidy_answers(form, given),
            version=seen_version(request),
            actor=actor,
        )
    except InvalidInput as refusal:
        return _page(request, case, form, {**case.answer_values, **given}, refusal)
    return HttpResponseRedirect(f"/my/cases/{key}/")


def _shown(form: Form, answers: Mapping[str, Any]) -> list[Field]:
    """What is asked with these answers; files have a place of their own."""
    visible = intake.visible_keys(form, answers)
    return [f for f in form.fields if f.key in visible and f.kind is not Kind.FILE]


def _supply(
    request: HttpRequest, case: CaseView, given: Mapping[str, Any], *, version: int, actor: Actor
) -> None:
    before = case.answer_values
    changed = {name: value for name, value in given.items() if value != before.get(name)}
    stored = _stored(request, case, actor)
    if not changed and not stored:
        raise InvalidInput(_("您还没有改动。"), _("请照告知的内容改好后再提交。"))
    journey.supply_correction(
        case_key=case.key,
        version=version,
        answers=changed,
        files=stored,
        actor=actor,
        at=moments.now(),
    )


def _stored(request: HttpRequest, case: CaseView, actor: Actor) -> dict[str, list[StoredFile]]:
    """The new files, checked and kept before any transaction. Refuses InvalidInput by material."""
    kept: dict[str, list[StoredFile]] = {}
    for one in _offered(case):
        for sent in request.FILES.getlist(f"m-{one.key}-file")[:_MOST_AT_ONCE]:
            try:
                stored = files.store(
                    data=sent.file,  # type: ignore[arg-type]
                    filename=sent.name or "",
                    actor=actor,
                    at=moments.now(),
                )
            except Refusal as refusal:
                problem = FieldProblem(f"m-{one.key}", refusal.sentence, refusal.remedy)
                raise InvalidInput(fields=[problem]) from refusal
            kept.setdefault(one.key, []).append(stored)
    return kept


def _offered(case: CaseView) -> Sequence[journey.Correctable]:
    return journey.list_correctable(
        item_code=case.item_code, item_version=case.item_version, answers=case.answer_values
    )


def _page(
    request: HttpRequest,
    case: CaseView,
    form: Form,
    answers: Mapping[str, Any],
    refusal: InvalidInput | None = None,
) -> HttpResponse:
    fields = _shown(form, answers)
    state = PageState(
        answers=answers,
        problems=by_field(refusal.fields if refusal else ()),
        visible=intake.visible_keys(form, answers),
        editing=frozenset(field.key for field in fields),
        names=intake.names_of_codes([f for f in fields if f.kind is Kind.INDUSTRY], answers),
        children_of=children_of,
        industries=intake.list_industries,
        address=request.path,
    )
    handed_in = [(m.key, m.filename) for m in case.materials if m.filename]
    values = {
        "case": case,
        "fields": render_fields(form, fields, state),
        "materials": [
            (one, [name for key, name in handed_in if key == one.key]) for one in _offered(case)
        ],
        "refusal": refusal,
    }
    return render(request, "citizen/correct.html", values, status=422 if refusal else 200)
