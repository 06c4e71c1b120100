"""The open page asks at once whether a person or a firm is listed under the name just typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from yiwang.entrance.citizen.apply.draft import open_draft
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms import answering
from yiwang.entrance.shell.forms.opened import step_of


@access(CITIZEN)
@require_POST
def look_up(request: HttpRequest, key: str, step_key: str, field: str) -> HttpResponse:
    """One line for under the boxes; ``field`` is a place on the form (``members-0-relative``)."""
    opened = open_draft(request, key)
    return answering.look_up(request, opened, step_of(opened, step_key), field)
