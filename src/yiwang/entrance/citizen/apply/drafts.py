"""My drafts: what was begun and not handed in."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.capability.intake import queries as intake
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments

_A_PAGE: Final = 20


@access(CITIZEN)
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Every draft I can go on with, newest first, and until when."""
    after = request.GET.get("after", "")[:40]
    page = intake.list_drafts(
        request.actor,  # type: ignore[attr-defined]
        at=moments.now(),
        after=after,
        limit=_A_PAGE,
    )
    values = {
        "drafts": page.rows,
        "next": f"/my/drafts/?after={page.next}" if page.next else "",
        "first": "/my/drafts/" if after else "",
    }
    return render(request, "citizen/apply/drafts.html", values)
