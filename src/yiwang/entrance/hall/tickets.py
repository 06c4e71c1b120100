"""取号机 and 叫号屏: in the hall, for everybody; numbers and windows, nobody's name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries
from yiwang.capability.halls.definitions import HallView
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound


def _hall(key: str) -> HallView:
    hall = queries.find_hall(key)
    if hall is None:
        raise NotFound("没有这个大厅。", "请核对地址。")
    return hall


@require_http_methods(["GET", "HEAD", "POST"])
@access(ANYONE)
def take(request: HttpRequest, hall_key: str) -> HttpResponse:
    """Choose a queue; POST takes its next number."""
    hall = _hall(hall_key)
    if request.method == "POST":
        pace.slow_down(request, what="ticket", per_minute=60)
        ticket = halls.take_ticket(hall=hall.key, line=request.POST.get("line", "")[:2], at=now())
        return HttpResponseRedirect(f"/halls/{hall.key}/tickets/{ticket.key}/")
    values = {"hall": hall, "lines": queries.list_lines(hall.key)}
    return render(request, "hall/take.html", values)


@require_safe
@access(ANYONE)
def show_ticket(request: HttpRequest, hall_key: str, ticket_key: str) -> HttpResponse:
    """One number: how many are before it, where it was called to."""
    hall = _hall(hall_key)
    values = {"hall": hall, "ticket": queries.get_ticket(ticket_key, hall=hall.key)}
    return render(request, "hall/ticket.html", values)


@require_safe
@access(ANYONE)
def board(request: HttpRequest, hall_key: str) -> HttpResponse:
    """The numbers called now; the open page asks for its part every few seconds."""
    hall = _hall(hall_key)
    values = {"hall": hall, "called": queries.list_called(hall.key, at=now())}
    part = "part" in request.GET
    return render(request, "hall/_called.html" if part else "hall/board.html", values)
