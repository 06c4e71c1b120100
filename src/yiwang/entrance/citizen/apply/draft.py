"""One's own draft, for the pages of applying."""

from __future__ import annotations

from django.http import HttpRequest

from yiwang.entrance.shell.forms import opened
from yiwang.entrance.shell.forms.opened import OpenDraft


def open_draft(request: HttpRequest, key: str) -> OpenDraft:
    """The actor's own draft. Refuses NotFound for anybody else's, and for a form that is not there."""
    return opened.open_draft(key, request.actor, home=f"/my/drafts/{key}/")  # type: ignore[attr-defined]
