"""The one exception to “nothing of ours in a frame”: a file of a case, inside the page of that case."""

from __future__ import annotations

from typing import Final, TypeVar

from django.http.response import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)
#: What a framed file may do: be shown, by our own pages alone. It loads and runs nothing of ours.
_FRAMED: Final = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


def may_frame(response: Answer) -> Answer:
    """This page shows files of our own in a frame; the middleware adds it to the policy."""
    response.frames_own_files = True  # type: ignore[attr-defined]
    return response


def may_be_framed(response: Answer) -> Answer:
    """This file may be shown inside our own pages."""
    response["Content-Security-Policy"] = _FRAMED
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
