"""Choices about how pages look, their language and their place; the pattern page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.entrance.shell import looks
from yiwang.entrance.shell import patterns as patterns_page
from yiwang.entrance.shell.access import ANYONE, access


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To where the visitor was, and never to another site."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return HttpResponseRedirect(wanted if safe else "/")


@access(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Large print, larger print, high contrast: works without script, kept in a cookie."""
    if request.method != "POST":
        return render(request, "shell/look.html")
    now = looks.parse(request.COOKIES.get(looks.COOKIE, ""))
    wanted = looks.changed(
        now, size=request.POST.get("size"), contrast=request.POST.get("contrast")
    )
    response = _back(request)
    response.set_cookie(
        looks.COOKIE,
        wanted,
        max_age=looks.KEPT_FOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@access(ANYONE)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, kept in a cookie."""
    wanted = request.POST.get("language", "")
    response = _back(request)
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=looks.KEPT_FOR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


@access(ANYONE)
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Every component and state on one page."""
    return render(request, "shell/patterns.html", patterns_page.values())
