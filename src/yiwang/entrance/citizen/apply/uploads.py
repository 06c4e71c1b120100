"""Files of file questions, sent while the person fills in."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import answering, uploads
from yiwang.kernel.refusals import Refusal


@access(CITIZEN)
@require_POST
def upload(request: HttpRequest, key: str, field: str) -> JsonResponse:
    """One file for a file question; answers with its line on the page."""
    try:
        return uploads.upload(request, open_draft(request, key), field)
    except Refusal as refusal:
        return answering.refused(request, refusal)
