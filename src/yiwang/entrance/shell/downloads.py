"""Handing out a stored file: always a download, never shown inside our pages."""

from __future__ import annotations

from django.http import StreamingHttpResponse

from yiwang.mechanisms.files.definitions import OpenFile


def send_file(opened: OpenFile) -> StreamingHttpResponse:
    """The file as it flows; the caller has checked whose it is."""
    response = StreamingHttpResponse(opened.chunks, content_type=opened.content_type)
    response["Content-Disposition"] = opened.disposition
    response["Content-Length"] = str(opened.size)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
