"""The open page asks at once whether a person or a firm is listed under the name just typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from yiwang.capability import journey
from yiwang.capability.intake import queries as intake
from yiwang.entrance.citizen.apply.draft import open_draft, step_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.forms.naming import said_line
from yiwang.entrance.shell.forms.reading import read_named
from yiwang.entrance.shell.forms.state import PageState
from yiwang.kernel.refusals import InvalidInput


@access(CITIZEN)
@require_POST
def look_up(request: HttpRequest, key: str, step_key: str, field: str) -> HttpResponse:
    """One line for under the boxes; ``field`` is a place on the form (``members-0-relative``).

    Answers are saved on their own; here only what was said is kept. While a box is empty or the
    number is not whole, nothing is asked and nothing said.
    """
    opened = open_draft(request, key)
    shown = step_of(opened, step_key)
    typed = read_named(field, request.POST)
    try:
        named = intake.find_named(opened.draft, field, typed, at=opened.at)
    except InvalidInput:
        return HttpResponse("")
    draft = journey.look_up(draft_key=key, named=[named], actor=opened.actor, at=opened.at)
    state = PageState({}, looked_up=draft.looked_up, address=opened.address(shown.key))
    return HttpResponse(said_line(named.field, field, named.answer, state))
