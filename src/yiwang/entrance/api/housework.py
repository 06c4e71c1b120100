"""``/exchange/house/<name>/``: what this house itself answers to other nodes, each a service of the exchange.

Only this node's own exchange may ask here, with grant, receipt and seal behind it (decision 0351). A service
to every member is declared as ``MemberService`` by whose work it is, and gets its line in ``ANSWERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import HouseAnswer, HouseCall
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotAllowed, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity.definitions import sso
from yiwang.support.licences import actions as licences
from yiwang.support.licences.definitions.told import LOOKING, TELLING
from yiwang.support.seals import actions as seals
from yiwang.support.seals.definitions import SEALING

#: Asked with ``call`` and ``at``; None when there is no such record.
Answer = Callable[..., HouseAnswer | None]


def route(name: str, answer: Answer) -> URLPattern:
    """The address of one of them."""

    @csrf_exempt
    @require_POST
    @access(ANYONE)
    def view(request: HttpRequest) -> HttpResponse:
        if request.content_type != "application/json":  # a form's body was read already
            raise NotAllowed
        at = moments.now()
        call = exchange.read_house_call(
            name=name, headers=request.headers, body=request.body, at=at
        )
        return _answered(answer, call, at)

    return path(f"{name}/", view, name=f"house-{name}")


def _answered(answer: Answer, call: HouseCall, at: datetime) -> HttpResponse:
    """A refusal is the caller's business (422) unless the house itself cannot (5xx: away)."""
    try:
        found = answer(call=call, at=at)
    except Refusal as refusal:
        status = refusal.status if refusal.status >= 500 else 422
        return JsonResponse({"refusal": refusal.sentence}, status=status)
    if found is None:
        return JsonResponse({"status": "NOT_FOUND"})
    said = {"status": "FOUND", "value": dict(found.value), "subject": found.subject}
    return JsonResponse(said)


ANSWERS: Final[Mapping[str, Answer]] = {
    SEALING.name: seals.seal_for_member,
    sso.IDENTITY.name: identity.redeem,
    sso.STANDING.name: identity.answer_standing,
    TELLING.name: licences.register_told,
    LOOKING.name: licences.answer_number,
}

urlpatterns = [route(name, answer) for name, answer in ANSWERS.items()]
