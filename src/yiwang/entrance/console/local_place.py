"""本地管理: opening hours and days off of the halls, name and colour, items on and off."""

from __future__ import annotations

from datetime import time
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability.catalogue import actions as catalogue_actions
from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.console import navigation
from yiwang.entrance.console.local import actor_of, day
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.network.directory import actions as directory_actions
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import COLOUR_LABELS, Colour, Hours
from yiwang.support.identity import queries as identity

WEEKDAYS: Final = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
PLACE: Final = "/console/local/place/"
ITEMS: Final = "/console/local/items/"
_SHOWN: Final = (403, 404, 409, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def place(request: HttpRequest) -> HttpResponse:
    """Hours by weekday, days off, name and colour; the legal calendar is not here."""
    actor, at = actor_of(request), now()
    division = identity.whole_place_of(actor)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _change(request, division, actor)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{PLACE}?done=1")
    hours = directory.list_hours(division)
    context = {
        "links": navigation.links(request),
        "name": directory.get_division(division).full_name,
        "week": [
            (number, label, _words(hours.get(number, ()))) for number, label in enumerate(WEEKDAYS)
        ],
        "closed": directory.list_closed_days(division, since=legal_date(at)),
        "look": directory.find_look(division),
        "colours": [(one.value, label) for one, label in COLOUR_LABELS.items()],
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/local/place.html", context, status=status)


def _change(request: HttpRequest, division: str, actor: Actor) -> None:
    at, what = now(), request.POST.get("what", "")
    if what == "hours":
        for number in range(7):
            spans = _spans(request.POST.get(f"day-{number}", "")[:80], number)
            directory_actions.set_hours(
                division_code=division, weekday=number, spans=spans, actor=actor, at=at
            )
    elif what == "close":
        directory_actions.close_day(
            division_code=division,
            on=day(request, "on"),
            reason=request.POST.get("reason", "")[:80],
            today=legal_date(at),
            actor=actor,
            at=at,
        )
    elif what == "open":
        directory_actions.open_day(
            division_code=division, on=day(request, "on"), actor=actor, at=at
        )
    elif what == "look":
        colour = request.POST.get("colour", "")
        directory_actions.set_look(
            division_code=division,
            name=request.POST.get("name", "")[:40],
            colour=Colour(colour) if colour in set(Colour) else Colour.BLUE,
            actor=actor,
            at=at,
        )
    else:
        raise InvalidInput("没有这个操作。", "请刷新页面再试。")


def _words(spans: tuple[Hours, ...]) -> str:
    return "，".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in spans)


def _spans(text: str, weekday: int) -> tuple[Hours, ...]:
    """“09:00-12:00，14:00-18:00”; empty is closed."""
    spans = []
    for part in text.replace(",", "，").split("，"):
        begin, _dash, end = part.strip().partition("-")
        if not part.strip():
            continue
        try:
            spans.append(Hours(time.fromisoformat(begin), time.fromisoformat(end)))
        except ValueError as error:
            problem = FieldProblem(
                f"day-{weekday}", f"{WEEKDAYS[weekday]}的时间看不懂。", "请写成 09:00-12:00。"
            )
            raise InvalidInput(fields=[problem]) from error
    return tuple(spans)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def items(request: HttpRequest) -> HttpResponse:
    """The items of the place: open for application, or paused with a reason."""
    actor, at = actor_of(request), now()
    division = identity.whole_place_of(actor)
    refusal: Refusal | None = None
    if request.method == "POST":
        code = request.POST.get("code", "")[:120]
        try:
            if request.POST.get("verb") == "pause":
                reason = request.POST.get("reason", "")[:200]
                catalogue_actions.pause_item(code=code, reason=reason, actor=actor, at=at)
            else:
                catalogue_actions.resume_item(code=code, actor=actor, at=at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{ITEMS}?done=1")
    context = {
        "links": navigation.links(request),
        "rows": catalogue.list_items(division=division, here=True, limit=200),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/local/items.html", context, status=status)
