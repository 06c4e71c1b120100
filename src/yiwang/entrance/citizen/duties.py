"""What a government site owes its visitors: accessibility, privacy, a map of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiwang.entrance.shell.access import ANYONE, access


@access(ANYONE)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, what does not yet, whom to tell."""
    return render(request, "citizen/accessibility.html")


@access(ANYONE)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which personal data are used, for what, for how long, and the person's rights."""
    return render(request, "citizen/privacy.html")


@access(ANYONE)
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """All pages on one."""
    return render(request, "citizen/site_map.html")
