"""系统和密钥: the applications of one's department that call services, and the keys they do it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SYSTEMS
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.agreements import queries as agreements
from yiwang.foundation.exchange import actions, queries
from yiwang.foundation.exchange.definitions import SYSTEM_READERS, IssuedKey
from yiwang.foundation.exchange.queries import SystemView
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.network.directory import queries as directory

_POINT: Final = Field(
    "point",
    "自有 SM2 公钥",
    "text",
    "130 位十六进制，以 04 开头；不填就由平台生成共享密钥",
    optional=True,
)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=SYSTEM_READERS)
def show_systems(request: HttpRequest) -> HttpResponse:
    """The systems of one's department, and one more."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"{SYSTEMS}{_register(request, actor)}/")
        except Refusal as refused:
            if refused.status not in (409, 422):
                raise
            refusal = refused
    after = request.GET.get("after", "")[:80]
    found = queries.list_systems(actor, after=after)
    names = directory.find_departments({one.department for one in found if one.department})
    context = {
        "links": navigation.links(request),
        "rows": [
            (one, names[one.department].name if one.department in names else "") for one in found
        ],
        "fields": asking.boxes(_new(actor), request, refusal) if _keeps(actor) else (),
        "refusal": refusal,
        "next": "?" + urlencode({"after": found[-1].code}) if len(found) == queries.PAGE else "",
        "first": "?" if after else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "data/exchange/systems.html", context, status=status)


def _register(request: HttpRequest, actor: Actor) -> str:
    name = typed.text_in(request, "code", label="代码", most=40)
    return actions.register_system(
        code=f"{settings.NODE}/{name}",
        name=typed.text_in(request, "name", label="名称", most=60),
        department=typed.text_in(request, "department", label="单位", most=18),
        actor=actor,
        at=now(),
    )


def _new(actor: Actor) -> tuple[Field, ...]:
    bodies = tuple(
        (one.uscc, one.name) for one in agreements.offices_of(actor) if _keeps(actor, one.uscc)
    )
    first = bodies[0][0] if len(bodies) == 1 else ""
    return (
        Field("name", "名称", "text", "例如 低保审核系统"),
        Field("code", "代码", "text", "小写字母、数字和连字符，例如 benefit-check"),
        Field("department", "单位", "choice", value=first, options=bodies),
    )


@require_GET
@access(OFFICIAL, roles=SYSTEM_READERS)
def show_system(request: HttpRequest, system_key: str) -> HttpResponse:
    """One system and its keys; a secret is never shown again."""
    return _page(request, queries.get_system(system_key, actor_of(request)))


@require_POST
@access(OFFICIAL, roles=SYSTEM_READERS)
def issue(request: HttpRequest, system_key: str) -> HttpResponse:
    """One more key; its secret stands on the page that answers, once."""
    actor = actor_of(request)
    system = queries.get_system(system_key, actor)
    point = request.POST.get("point", "").strip()[:200]
    return _take(
        request,
        system,
        lambda: actions.issue_key(system=system.code, point=point, actor=actor, at=now()),
    )


@require_POST
@access(OFFICIAL, roles=SYSTEM_READERS)
def take_act(
    request: HttpRequest, system_key: str, exchange_key: str, key_act: str
) -> HttpResponse:
    """Renew a key, or end it."""
    actor = actor_of(request)
    system = queries.get_system(system_key, actor)
    if exchange_key not in {one.key_id for one in system.all_keys}:
        raise NotFound
    point = request.POST.get("point", "").strip()[:200]
    acts: dict[str, Callable[[], IssuedKey | None]] = {
        "renew": lambda: actions.rotate_key(
            key_id=exchange_key, point=point, actor=actor, at=now()
        ),
        "end": lambda: actions.end_key(key_id=exchange_key, actor=actor, at=now()),
    }
    if key_act not in acts:
        raise NotFound
    return _take(request, system, acts[key_act])


def _take(
    request: HttpRequest, system: SystemView, act: Callable[[], IssuedKey | None]
) -> HttpResponse:
    try:
        issued = act()
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(request, system, refusal=refusal)
    if issued is None:
        return HttpResponseRedirect(f"{SYSTEMS}{system.key}/?done=1")
    newest = queries.get_system(system.key, actor_of(request))
    answer = _page(request, newest, issued=issued)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(
    request: HttpRequest,
    system: SystemView,
    *,
    issued: IssuedKey | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    actor, at = actor_of(request), now()
    keeps = _keeps(actor, system.department)
    context = {
        "links": navigation.links(request),
        "one": system,
        "keys": [(key, key.holds(at)) for key in system.all_keys],
        "issued": issued,
        "keeps": keeps,
        "ends": keeps or actor.has_role(Role.OPERATOR),
        "fields": asking.boxes((_POINT,), request, refusal) if keeps else (),
        "done": request.GET.get("done", ""),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "data/exchange/system.html", context, status=status)


def _keeps(actor: Actor, department: str = "") -> bool:
    """A data officer of this department, or of any when none is named."""
    own = {g.department for g in actor.grants if g.role == Role.DATA_OFFICER and g.department}
    return department in own if department else bool(own)
