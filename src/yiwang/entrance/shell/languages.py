"""Which language a page speaks: the visitor's own choice, never a guess from the browser.

Django's LocaleMiddleware would follow ``Accept-Language``; then a public computer set to English
would half-translate pages for people who never asked (staff pages are Chinese only).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

_CHINESE_ONLY: Final = ("/desk/", "/leader/", "/console/", "/api/")


class LanguageMiddleware:
    """Speaks the cookie's language on citizens' pages, Chinese everywhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = wanted in dict(settings.LANGUAGES) and not request.path.startswith(_CHINESE_ONLY)
        with translation.override(wanted if known else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "zh-hans")
            return response
