"""The home page, search and its suggestions, and the choice of a place."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability.catalogue import queries as catalogue
from yiwang.centre.indicators import queries as indicators
from yiwang.entrance.citizen import answers, figures, waiting
from yiwang.entrance.shell import looks, place
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import queries as directory
from yiwang.support.assistant import queries as assistant

_EIGHT = 8
_KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Often:
    """One of the eight: its name, and trips and time in half a line."""

    code: str
    name: str
    short: str
    facts: str


@access(ANYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One question, one search box, and what waits for me."""
    division = place.of(request)
    often, counted = _often(division)
    values = {
        "often": often,
        "counted": counted,
        "figures": _week(),
        "waiting": waiting.for_actor(request.actor, at=moments.now()),  # type: ignore[attr-defined]
        "departments": _departments(division),
        "places": _places(division),
    }
    return render(request, "citizen/home.html", values)


def _often(division: str) -> tuple[tuple[Often, ...], bool]:
    """Eight items of this place, and whether their order was counted.

    What was applied for most in thirty days comes first, the catalogue's order fills up.
    Remembered for a minute, because everybody gets the same.
    """
    language = get_language() or "zh-hans"
    key = f"home-often:{division}:{language}"
    known = cache.get(key)
    if known is None:
        known = _find_often(division, language)
        cache.set(key, known, _KEPT_SECONDS)
    found: tuple[tuple[Often, ...], bool] = known
    return found


def _find_often(division: str, language: str) -> tuple[tuple[Often, ...], bool]:
    today = moments.legal_date(moments.now())
    used = indicators.list_most_used(today=today, division_code=division, limit=_EIGHT)
    listed = [row.code for row in catalogue.list_items(division=division, limit=_EIGHT)]
    codes = list(dict.fromkeys([code for code, _total in used] + listed))[:_EIGHT]
    versions = [catalogue.find_item(code, language=language) for code in codes]
    return tuple(
        Often(found.code, found.item.name, found.item.short_name, answers.one_line(found.item))
        for found in versions
        if found is not None
    ), bool(used)


def _week() -> dict[str, object]:
    """The public figures of the last seven days; remembered for a minute."""
    today = moments.legal_date(moments.now())
    key = f"home-week:{today}"
    found = cache.get(key)
    if found is None:
        found = indicators.get_figures(today=today)
        cache.set(key, found, _KEPT_SECONDS)
    return {"rows": figures.rows(found), "first": found.first, "last": found.last}


def _departments(division: str) -> tuple[dict[str, str], ...]:
    rows = directory.list_departments(division)
    return tuple({"full": row.name, "short": row.short_name or row.name} for row in rows[:_EIGHT])


def _places(division: str) -> tuple[tuple[str, str], ...]:
    above = directory.list_ancestors(division)
    below = directory.list_children(division)[:4]
    return tuple((row.code, row.name) for row in (*above, *below))


@access(ANYONE)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found, grouped; never an empty page."""
    text = request.GET.get("q", "")[:100].strip()
    hits = assistant.search(text, division_code=place.of(request), limit=30) if text else ()
    anywhere = () if hits or not text else assistant.search(text, limit=10)
    groups: dict[str, list[assistant.Hit]] = {}
    for hit in hits or anywhere:
        groups.setdefault(hit.kind, []).append(hit)
    values = {
        "text": text,
        "groups": groups.items(),
        "found": len(hits),
        "anywhere": len(anywhere),
        "often": () if hits or anywhere else _often(place.of(request))[0],
    }
    return render(request, "citizen/results.html", values)


@access(ANYONE)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Answers while typing: a fragment."""
    text = request.GET.get("q", "")[:100].strip()
    hits = assistant.suggest(text, division_code=place.of(request)) if text else ()
    return render(request, "citizen/_suggestions.html", {"hits": hits, "text": text})


@access(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def division(request: HttpRequest) -> HttpResponse:
    """Choose a place: step by step from the province down, or by typing its name."""
    if request.method == "POST":
        return _choose(request)
    at = request.GET.get("at", "") or place.of(request)
    here = directory.find_division(at) if at.isdecimal() else None
    text = request.GET.get("q", "")[:40].strip()
    values = {
        "here": here,
        "above": directory.list_ancestors(here.code) if here else (),
        "below": directory.list_children(here.code if here else None),
        "found": directory.suggest_divisions(text) if text else (),
        "text": text,
        "next": request.GET.get("next", "/"),
    }
    return render(request, "citizen/division.html", values)


def _choose(request: HttpRequest) -> HttpResponseRedirect:
    chosen = directory.find_division(request.POST.get("division", "")[:12])
    if chosen is None:
        raise NotFound("没有这个行政区划。", "请从列表中选择所在地区。")
    wanted = request.POST.get("next", "/")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    response = HttpResponseRedirect(wanted if safe else "/")
    response.set_cookie(
        place.COOKIE,
        chosen.code,
        max_age=looks.KEPT_FOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@access(ANYONE)
@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    """The departments of this place, with telephone and address."""
    code = place.of(request)
    hours = directory.list_hours(code)
    values = {
        "rows": directory.list_departments(code),
        "name": place.name_of(code),
        "week": [(number, hours.get(number, ())) for number in range(7)] if hours else (),
        "closed": directory.list_closed_days(code, since=moments.legal_date(moments.now())),
    }
    return render(request, "citizen/departments.html", values)
