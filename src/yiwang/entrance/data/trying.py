"""试一试: a form made from what a service wants; a real signed call, shown whole, with its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SERVICES
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements import queries as agreements
from yiwang.foundation.agreements.definitions import GrantView
from yiwang.foundation.exchange import queries
from yiwang.foundation.exchange.definitions import TRIAL, CallStatus, Sent
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

OUTCOMES: Final = {
    CallStatus.FOUND: ("good", "查到记录"),
    CallStatus.NOT_FOUND: ("info", "没有记录"),
    CallStatus.REFUSED: ("bad", "被拒绝"),
    CallStatus.AWAY: ("soon", "没有答复"),
}
#: Parameters of the form, apart from its own boxes.
_PREFIX: Final = "p-"


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=(Role.DATA_OFFICER,))
def try_service(request: HttpRequest, exchange_node: str, service_name: str) -> HttpResponse:
    """The form; after it is sent the request, what was signed, the answer and the receipt's number."""
    at, actor, code = now(), actor_of(request), f"{exchange_node}/{service_name}"
    described = agreements.find_description(code)
    grants = agreements.list_trial_grants(code, actor, at=at)
    fields = _fields(described, grants, _systems(actor, grants))
    sent, refusal = None, None
    if request.method == "POST":
        try:
            sent = _send(request, described, actor)
        except Refusal as refused:
            if refused.status not in (409, 422, 503):
                raise
            refusal = refused
    context = {
        "links": navigation.links(request),
        "one": described,
        "code": code,
        "back": f"{SERVICES}{code}/",
        "purpose": TRIAL,
        "grants": grants,
        "fields": asking.boxes(fields, request, refusal),
        "sent": sent,
        "outcome": OUTCOMES[sent.outcome] if sent else None,
        "refusal": refusal,
    }
    answer = render(
        request, "data/exchange/try.html", context, status=refusal.status if refusal else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _send(request: HttpRequest, described: Mapping[str, Any], actor: Actor) -> Sent:
    parameters, problems = {}, []
    for one in described["parameters"]:
        value = request.POST.get(_PREFIX + one["name"], "").strip()[:400]
        if value:
            parameters[one["name"]] = value
        elif one.get("required", True):
            problems.append(FieldProblem(_PREFIX + one["name"], f"还没有填{_label(one)}"))
    if problems:
        raise InvalidInput(fields=problems)
    return actions.try_service(
        grant=typed.text_in(request, "grant", label="授权", most=20),
        system=typed.text_in(request, "system", label="系统", most=20),
        parameters=parameters,
        item=request.POST.get("item", "").strip()[:80],
        case=request.POST.get("case", "").strip()[:80],
        actor=actor,
        at=now(),
    )


def _fields(
    described: Mapping[str, Any],
    grants: tuple[GrantView, ...],
    systems: tuple[tuple[str, str], ...],
) -> tuple[Field, ...]:
    """One box for each parameter, and under which grant by which system."""
    choices = tuple((g.key, f"{g.consumer.name}，用到 {g.last_day:%Y-%m-%d}") for g in grants)
    wanted = tuple(
        Field(_PREFIX + one["name"], _label(one), "text", one["name"],
              optional=not one.get("required", True))
        for one in described["parameters"]
    )  # fmt: skip
    extra = (
        Field("item", "事项编码", "text", "授权限定事项时要填", optional=True),
        Field("case", "办件编号", "text", "授权要求带办件编号时要填", optional=True),
    )
    return (
        Field("grant", "按哪份授权", "choice", value=_only(choices), options=choices),
        Field("system", "用哪个系统的密钥", "choice", value=_only(systems), options=systems),
        *wanted,
        *extra,
    )


def _systems(actor: Actor, grants: tuple[GrantView, ...]) -> tuple[tuple[str, str], ...]:
    mine = {grant.consumer.uscc for grant in grants}
    found = queries.list_systems(actor, limit=200)
    return tuple((s.key, f"{s.name}（{s.code}）") for s in found if s.department in mine)


def _only(choices: tuple[tuple[str, str], ...]) -> str:
    return choices[0][0] if len(choices) == 1 else ""


def _label(one: Mapping[str, Any]) -> str:
    return str(one.get("title") or one["name"])
