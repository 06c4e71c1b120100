"""消息订阅: which topics our systems take, what waits, what nobody took; and who follows our own topics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import SUBSCRIPTIONS
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange import queries as services
from yiwang.foundation.exchange.topics import actions as topics
from yiwang.foundation.exchange.topics import queries
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS, Offer, SubscriptionView
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

#: Refusals that are shown on the page they belong to.
SHOWN: Final = (400, 403, 409, 422, 503)


@require_GET
@access(OFFICIAL, roles=SUBSCRIBERS)
def show_subscriptions(request: HttpRequest) -> HttpResponse:
    """What our systems take, and our own topics with those who follow them."""
    actor, after = actor_of(request), request.GET.get("after", "")[:16]
    rows = queries.list_subscriptions(actor, after=after)
    context = {
        "links": navigation.links(request),
        "rows": rows,
        "topics": queries.list_topics(actor),
        "titles": services.titles_of({row.topic for row in rows}),
        "systems": services.system_names_of({row.system for row in rows}),
        "next": f"?after={rows[-1].key}" if len(rows) == queries.PAGE else "",
        "first": "?" if after else "",
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "data/subscriptions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=SUBSCRIBERS)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Choose a grant and a system, say how it is handed over."""
    actor = actor_of(request)
    offers = {f"{o.grant}-{number}": o for number, o in enumerate(queries.list_offers(actor))}
    if request.method != "POST":
        return _new_page(request, actor, offers)
    try:
        offer = offers.get(request.POST.get("offer", ""))
        if offer is None:
            raise typed.wrong("offer", "还没有选订阅什么", "，请选一项")
        key = topics.subscribe(
            grant=offer.grant,
            system=typed.text_in(request, "system", label="接收的系统", most=73),
            purpose=offer.purpose,
            item=offer.item,
            callback=request.POST.get("callback", "").strip()[:500],
            private_ok=request.POST.get("private_ok") == "yes",
            from_start=request.POST.get("begin") == "start",
            actor=actor,
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _new_page(request, actor, offers, refusal)
    return HttpResponseRedirect(f"{SUBSCRIPTIONS}{key}/?done=1")


@require_GET
@access(OFFICIAL, roles=SUBSCRIBERS)
def show_subscription(request: HttpRequest, subscription_key: str) -> HttpResponse:
    """One subscription: how it stands, its dead letters, what may be done."""
    return _page(request, queries.get_subscription(subscription_key, actor_of(request)))


@require_POST
@access(OFFICIAL, roles=SUBSCRIBERS)
def take_act(request: HttpRequest, subscription_key: str, subscription_act: str) -> HttpResponse:
    """Stop it, let it go on, give it another address, end it."""
    view = queries.get_subscription(subscription_key, actor_of(request))
    act = _ACTS.get(subscription_act)
    if act is None:
        raise NotFound
    try:
        act(request, view)
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _page(request, view, refusal)
    if subscription_act == "end":
        return HttpResponseRedirect(f"{SUBSCRIPTIONS}?done=1")
    return HttpResponseRedirect(f"{SUBSCRIPTIONS}{view.key}/?done=1")


@require_POST
@access(OFFICIAL, roles=SUBSCRIBERS)
def settle(request: HttpRequest, dead_letter: str, letter_act: str) -> HttpResponse:
    """A dead letter is sent again, or put away with a reason."""
    actor, view = actor_of(request), queries.get_dead(dead_letter, actor_of(request))
    try:
        if letter_act == "again":
            topics.send_again(message=dead_letter, actor=actor, at=now())
        elif letter_act == "discard":
            reason = request.POST.get("reason", "")[:200]
            topics.discard(message=dead_letter, reason=reason, actor=actor, at=now())
        else:
            raise NotFound
    except Refusal as refusal:
        if refusal.status not in SHOWN:
            raise
        return _page(request, queries.get_subscription(view.subscription, actor), refusal)
    return HttpResponseRedirect(f"{SUBSCRIPTIONS}{view.subscription}/?done=1")


def _stop(request: HttpRequest, view: SubscriptionView) -> None:
    reason, version = request.POST.get("reason", "")[:200], typed.version_in(request)
    topics.stop(key=view.key, version=version, reason=reason, actor=actor_of(request), at=now())


def _go_on(request: HttpRequest, view: SubscriptionView) -> None:
    version = typed.version_in(request)
    topics.go_on(key=view.key, version=version, actor=actor_of(request), at=now())


def _end(request: HttpRequest, view: SubscriptionView) -> None:
    reason, version = request.POST.get("reason", "")[:200], typed.version_in(request)
    topics.end(key=view.key, version=version, reason=reason, actor=actor_of(request), at=now())


def _callback(request: HttpRequest, view: SubscriptionView) -> None:
    topics.change_callback(
        key=view.key,
        version=typed.version_in(request),
        callback=request.POST.get("callback", "").strip()[:500],
        private_ok=request.POST.get("private_ok") == "yes",
        actor=actor_of(request),
        at=now(),
    )


def _answer(request: HttpRequest, view: SubscriptionView) -> None:
    """What became of the dead letters, in words."""
    actor = actor_of(request)
    alert = exchange.find_dead(actor, topic=view.topic, system=view.system)
    if alert is None:
        raise NotFound
    words = request.POST.get("words", "")
    exchange.answer_alert(key=alert.key, words=words, actor=actor, at=now())


_ACTS: Final[dict[str, Callable[[HttpRequest, SubscriptionView], None]]] = {
    "stop": _stop,
    "go-on": _go_on,
    "end": _end,
    "callback": _callback,
    "answer": _answer,
}


def _page(
    request: HttpRequest, view: SubscriptionView, refusal: Refusal | None = None
) -> HttpResponse:
    actor = actor_of(request)
    before = request.GET.get("before", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else 0
    letters = queries.list_dead(actor, subscription=view.key, before=place)
    full = len(letters) == queries.PAGE
    context = {
        "links": navigation.links(request),
        "one": view,
        "titles": services.titles_of([view.topic]),
        "systems": services.system_names_of([view.system]),
        "alert": exchange.find_dead(actor, topic=view.topic, system=view.system),
        "words": request.POST.get("words", ""),
        "letters": [letter for _place, letter in letters],
        "vouches": actor.has_role(Role.OPERATOR),
        "next": f"?before={letters[-1][0]}" if full else "",
        "first": "?" if place else "",
        "refusal": refusal,
        "done": request.GET.get("done", "") == "1",
    }
    status = refusal.status if refusal else 200
    return render(request, "data/subscription.html", context, status=status)


def _new_page(
    request: HttpRequest,
    actor: Actor,
    offers: dict[str, Offer],
    refusal: Refusal | None = None,
) -> HttpResponse:
    vouches = actor.has_role(Role.OPERATOR)
    fields = (
        Field("offer", "订阅什么", "choice", options=tuple(_options(offers))),
        Field("system", "接收的系统", "choice", options=queries.list_own_systems(actor)),
        Field(
            "callback",
            "回调地址",
            "text",
            help="消息送到这里，要 https。不填：由系统自己来取。",
            optional=True,
        ),
        Field(
            "begin",
            "从哪里开始",
            "choice",
            options=(("now", "从现在起"), ("start", "从保留的第一条起（最多三十天）")),
        ),
    )
    private = Field(
        "private_ok", "准许内网地址", "choice", options=(("no", "不准许"), ("yes", "准许"))
    )
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "offers": bool(offers),
        "fields": asking.boxes((*fields, private) if vouches else fields, request, refusal),
    }
    status = refusal.status if refusal else 200
    return render(request, "data/subscription_new.html", context, status=status)


def _options(offers: dict[str, Offer]) -> list[tuple[str, str]]:
    return [
        (value, f"{o.topic}：{o.purpose}" + (f"（{o.item}）" if o.item else ""))
        for value, o in offers.items()
    ]
