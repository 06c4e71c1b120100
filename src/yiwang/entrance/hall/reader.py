"""模拟读卡器: in the sample installation a card is put on the reader of one's window here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.capability.halls import queries
from yiwang.entrance.hall import navigation
from yiwang.entrance.hall.navigation import CLERK_ROLES, READER, actor_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound
from yiwang.support.readers import actions as readers
from yiwang.support.readers.definitions import MOOD_LABELS, Mood


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CLERK_ROLES)
def show_reader(request: HttpRequest) -> HttpResponse:
    """What lies on the simulated reader from now on, and how it behaves."""
    shift = queries.find_shift(actor_of(request))
    if request.method == "POST" and shift is not None:
        mood = request.POST.get("mood", Mood.GOOD)
        if mood not in list(Mood):
            raise NotFound
        readers.put_card(
            place=shift.counter.reference,
            name=request.POST.get("name", ""),
            citizen_id=request.POST.get("citizen_id", ""),
            mood=Mood(mood),
            actor=actor_of(request),
            at=now(),
        )
        return HttpResponseRedirect(f"{READER}?done=1")
    values = {
        "links": navigation.links(request),
        "shift": shift,
        "moods": MOOD_LABELS.items(),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "hall/reader.html", values)
