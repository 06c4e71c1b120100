"""What the open page sends while the person types: saved answers, prefilled answers back."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import answering
from yiwang.entrance.shell.forms.opened import step_of
from yiwang.kernel.refusals import Refusal


@access(CITIZEN)
@require_POST
def save(request: HttpRequest, key: str, step_key: str) -> JsonResponse:
    """Keep what is on the page; 409 with both values when another device said otherwise."""
    try:
        opened = open_draft(request, key)
        return answering.save(request, opened, step_of(opened, step_key))
    except Refusal as refusal:
        return answering.refused(request, refusal)


@access(CITIZEN)
@require_POST
def prefill(request: HttpRequest, key: str, step_key: str) -> JsonResponse:
    """Ask the sources (at most a second), keep what they said, send the changed questions back."""
    try:
        opened = open_draft(request, key)
        return answering.prefill(opened, step_of(opened, step_key))
    except Refusal as refusal:
        return answering.refused(request, refusal)
