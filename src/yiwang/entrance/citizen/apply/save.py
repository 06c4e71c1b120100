"""What the open page sends while the person types: saved answers, prefilled answers back."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView
from yiwang.entrance.citizen.apply.draft import OpenDraft, open_draft, page_state, step_of
from yiwang.entrance.citizen.apply.form import save_step
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms.rendering import render_field
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal, VersionConflict


@access(CITIZEN)
@require_POST
def save(request: HttpRequest, key: str, step_key: str) -> JsonResponse:
    """Keep what is on the page; 409 with both values when another device said otherwise."""
    try:
        opened = open_draft(request, key)
        draft = save_step(request, opened.draft, step_of(opened, step_key), opened)
    except Refusal as refusal:
        return _refused(request, refusal)
    if draft.conflicts:
        return _conflict(request, draft)
    return JsonResponse(_saved(draft))


@access(CITIZEN)
@require_POST
def prefill(request: HttpRequest, key: str, step_key: str) -> JsonResponse:
    """Ask the sources (at most a second), keep what they said, send the changed questions back."""
    try:
        opened = open_draft(request, key)
        shown = step_of(opened, step_key)
        wanted = {f.key for f in intake.wants_prefill(opened.draft, opened.form.fields)}
        told = intake.prefill(opened.draft, opened.actor, fields=wanted, at=opened.at)
        with transaction.atomic():
            draft = intake_actions.keep_prefilled(
                draft_key=key, found=told.found, actor=opened.actor, at=opened.at
            )
    except Refusal as refusal:
        return _refused(request, refusal)
    fresh = OpenDraft(draft, opened.form, opened.version, opened.actor, opened.at)
    state = page_state(fresh, shown, away=told.away)
    changed = set(told.found) | set(told.away or ())
    html = {f.key: render_field(fresh.form, f, state) for f in shown.fields if f.key in changed}
    return JsonResponse({**_saved(draft), "fields": html})


def _saved(draft: DraftView) -> dict[str, object]:
    local = draft.saved_at.astimezone(moments.SHANGHAI)
    words = _("已保存，%(time)s") % {"time": f"{local:%H:%M}"}
    return {"version": draft.version, "saved": words}


def _refused(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    body = refusal.as_json(getattr(request, "request_id", ""))
    return JsonResponse(body, status=refusal.status)


def _conflict(request: HttpRequest, draft: DraftView) -> JsonResponse:
    refusal = VersionConflict("有的内容在另一台设备上改过。", "请选用哪一个。")
    body = refusal.as_json(getattr(request, "request_id", ""))
    body["version"] = draft.version
    body["conflicts"] = [
        {"field": c.field, "label": c.label, "kept": c.kept, "other": c.other}
        for c in draft.conflicts
    ]
    return JsonResponse(body, status=refusal.status)
