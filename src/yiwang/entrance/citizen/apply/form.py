"""One step of the form: shown with what is known, sent with what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView, FormStep, Said
from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.citizen.apply.materials import forward
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import answering
from yiwang.entrance.shell.forms.acts import ACTS, looked_up
from yiwang.entrance.shell.forms.opened import OpenDraft, page_state, step_of
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.entrance.shell.forms.uploads import keep_uploads
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.kernel.sentences import said


@access(CITIZEN)
@require_safe
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Where the person stopped, on whichever device."""
    opened = open_draft(request, key)
    if opened.draft.submitted_case:
        return HttpResponseRedirect(f"{opened.home}receipt/")
    return HttpResponseRedirect(opened.address(opened.step.key))


@access(CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, key: str, step_key: str) -> HttpResponse:
    """Show a step; a POST keeps what was typed first, whatever was pressed."""
    opened = open_draft(request, key)
    if opened.draft.submitted_case:
        return HttpResponseRedirect(f"{opened.home}receipt/")
    shown = step_of(opened, step_key)
    if request.method == "POST":
        return _sent(request, opened, shown)
    return show_step(request, opened, shown)


def show_step(
    request: HttpRequest,
    opened: OpenDraft,
    shown: FormStep,
    *,
    problems: Sequence[FieldProblem] = (),
    refusal: InvalidInput | None = None,
) -> HttpResponse:
    """One step with what is known; with problems, what was typed is still there."""
    away = set(request.GET.get("away", "").split(","))
    named = {f.key: intake.source_label_of(f) for f in shown.fields if f.key in away}
    state = page_state(opened, shown, problems=problems, away=named, wanted=request.GET.dict())
    if problems:
        refusal = InvalidInput(said("有 %(n)s 处要改", n=len(problems)), " ", fields=problems)
    values = {
        "opened": opened,
        "step": shown,
        "number": opened.number_of(shown),
        "fields": render_fields(opened.form, shown.fields, state),
        "refusal": refusal,
        "more": "more" in request.GET,
        "looked": "looked" in request.GET,
        "conflicts": [
            c for c in opened.draft.conflicts if c.field in {f.key for f in shown.fields}
        ],
        "to_prefill": intake.wants_prefill(opened.draft, shown.fields),
        "back": opened.before(shown),
        "has_filled": any(
            f.key in opened.draft.prefilled and f.key in state.visible for f in shown.fields
        ),
    }
    return render(request, "citizen/apply/step.html", values, status=422 if refusal else 200)


def _sent(request: HttpRequest, opened: OpenDraft, shown: FormStep) -> HttpResponse:
    was_visible = intake.visible_keys(opened.form, opened.draft.answers)
    try:
        draft = answering.save_step(request, opened, shown)
        draft = keep_uploads(request, opened, shown) or draft
    except InvalidInput as refusal:
        return show_step(request, opened, shown, problems=refusal.fields)
    act, _, rest = request.POST.get("do", "next").partition(":")
    here = opened.address(shown.key)
    if draft.conflicts and act != "choose":
        return HttpResponseRedirect(f"{here}#main")
    handler = ACTS.get(act)
    if handler is not None:
        return HttpResponseRedirect(here + handler(request, opened, shown, rest))
    if act == "back":
        return HttpResponseRedirect(opened.before(shown))
    if act == "later":
        return HttpResponseRedirect("/my/")
    return _next(request, opened, shown, draft, was_visible)


def _next(
    request: HttpRequest,
    opened: OpenDraft,
    shown: FormStep,
    draft: DraftView,
    was_visible: frozenset[str],
) -> HttpResponse:
    known = draft.looked_up
    if intake.to_look_up(draft, at=opened.at, step=shown.key):
        draft = looked_up(opened, shown)
    problems = intake.check(
        draft, on=legal_date(opened.at), step=shown.key, language=opened.language
    )
    if not problems:
        told = intake.list_told(draft, at=opened.at, step=shown.key)
        new = [t.field for t in told if t.said is not Said.AGREES and t.key not in known]
        here = f"{opened.address(shown.key)}?looked=1#{new[0]}" if new else ""
        return HttpResponseRedirect(here or opened.after(shown) or forward(opened))
    newly = intake.visible_keys(opened.form, draft.answers) - was_visible - draft.answers.keys()
    old = [p for p in problems if p.field.split("-", 1)[0] not in newly]
    if not old:
        return HttpResponseRedirect(f"{opened.address(shown.key)}?more=1#{problems[0].field}")
    return show_step(request, opened.renewed(draft), shown, problems=problems)
