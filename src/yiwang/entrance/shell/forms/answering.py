"""What the open form sends while somebody types: saved answers, prefilled answers back."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from yiwang.capability import journey
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView, FormStep
from yiwang.entrance.shell.forms.naming import said_line
from yiwang.entrance.shell.forms.opened import OpenDraft, page_state
from yiwang.entrance.shell.forms.reading import read_answers, read_named
from yiwang.entrance.shell.forms.rendering import render_field
from yiwang.entrance.shell.forms.state import PageState
from yiwang.entrance.shell.speaking import spoken_json
from yiwang.kernel import moments
from yiwang.kernel.refusals import InvalidInput, Refusal, VersionConflict


def save_step(request: HttpRequest, opened: OpenDraft, shown: FormStep) -> DraftView:
    """Keep this step's answers; what another device changed meanwhile is not overwritten."""
    seen = request.POST.get("version", "")
    return journey.answer(
        draft_key=opened.draft.key,
        answers=read_answers(shown.fields, request.POST),
        version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        step=shown.key,
        actor=opened.actor,
        at=opened.at,
    )


def save(request: HttpRequest, opened: OpenDraft, shown: FormStep) -> JsonResponse:
    """Keep what is on the page; 409 with both values when another device said otherwise."""
    draft = save_step(request, opened, shown)
    return _conflict(request, draft) if draft.conflicts else JsonResponse(_saved(draft))


def prefill(opened: OpenDraft, shown: FormStep) -> JsonResponse:
    """Ask the sources (at most a second), keep what they said, send the changed questions back."""
    wanted = {f.key for f in intake.wants_prefill(opened.draft, opened.form.fields)}
    told = intake.prefill(opened.draft, opened.actor, fields=wanted, at=opened.at)
    with transaction.atomic():
        draft = intake_actions.keep_prefilled(
            draft_key=opened.draft.key, found=told.found, actor=opened.actor, at=opened.at
        )
    fresh = opened.renewed(draft)
    state = page_state(fresh, shown, away=told.away)
    changed = set(told.found) | set(told.away or ())
    html = {f.key: render_field(fresh.form, f, state) for f in shown.fields if f.key in changed}
    return JsonResponse({**_saved(draft), "fields": html})


def look_up(request: HttpRequest, opened: OpenDraft, shown: FormStep, field: str) -> HttpResponse:
    """One line for under the boxes; ``field`` is a place on the form (``members-0-relative``).

    Answers are saved on their own; here only what was said is kept. While a box is empty or the
    number is not whole, nothing is asked and nothing said.
    """
    typed = read_named(field, request.POST)
    try:
        named = intake.find_named(opened.draft, field, typed, at=opened.at)
    except InvalidInput:
        return HttpResponse("")
    draft = journey.look_up(
        draft_key=opened.draft.key, named=[named], actor=opened.actor, at=opened.at
    )
    state = PageState({}, looked_up=draft.looked_up, address=opened.address(shown.key))
    return HttpResponse(said_line(named.field, field, named.answer, state))


def refused(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    """Why it was not kept, for the open page."""
    body = spoken_json(refusal, getattr(request, "request_id", ""))
    return JsonResponse(body, status=refusal.status)


def _saved(draft: DraftView) -> dict[str, object]:
    local = draft.saved_at.astimezone(moments.SHANGHAI)
    words = _("已保存，%(time)s") % {"time": f"{local:%H:%M}"}
    return {"version": draft.version, "saved": words}


def _conflict(request: HttpRequest, draft: DraftView) -> JsonResponse:
    refusal = VersionConflict("有的内容在另一台设备上改过。", "请选用哪一个。")
    body: dict[str, object] = {**spoken_json(refusal, getattr(request, "request_id", ""))}
    body["version"] = draft.version
    body["conflicts"] = [
        {"field": c.field, "label": c.label, "kept": c.kept, "other": c.other}
        for c in draft.conflicts
    ]
    return JsonResponse(body, status=refusal.status)
