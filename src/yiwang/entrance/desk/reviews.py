"""差评整改: bad reviews the body must follow up, oldest first, without ever saying who wrote them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.reviews import actions as review_actions
from yiwang.capability.reviews import queries as review_queries
from yiwang.capability.reviews.definitions import (
    STATE_LABELS,
    TAGS,
    Answer,
    RectificationState,
    RectificationView,
)
from yiwang.entrance.desk import forms, navigation
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

PAGE_SIZE: Final = 50
_ANSWERS: Final = (
    (Answer.CORRECTED.value, "已经整改"),
    (Answer.EXPLAINED.value, "没有法定依据，已作解释"),
)
#: A refusal that is shown on the page itself; others leave as they are.
_SHOWN: Final = (409, 422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _item_names(codes: set[str]) -> dict[str, str]:
    """What the reviewed items are called; an item taken from the shelf keeps its code."""
    names = {}
    for code in codes:
        try:
            names[code] = catalogue.get_item(code).item.name
        except NotFound:
            names[code] = code
    return names


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_orders(request: HttpRequest) -> HttpResponse:
    """Follow-ups in one state, oldest first, each with the limit that runs."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in STATE_LABELS else RectificationState.OPEN.value
    after = request.GET.get("after", "")[:40]
    page = review_queries.list_orders(
        _actor(request), at=now(), state=state, after=after, limit=PAGE_SIZE
    )
    names = _item_names({row.review.item_code for row in page.rows})
    context = {
        "links": navigation.links(request),
        "tabs": [(value, label, value == state) for value, label in STATE_LABELS.items()],
        "label": STATE_LABELS[state],
        "rows": [(row, names[row.review.item_code]) for row in page.rows],
        "next": f"?state={state}&after={page.next}" if page.next else "",
        "first": f"?state={state}" if after else "",
    }
    return render(request, "desk/reviews.html", context)


def _may_set_aside(order: RectificationView, actor: Actor) -> bool:
    """Another body judges whether a review was false; the reviewed one never does."""
    open_ = order.state in (RectificationState.OPEN, RectificationState.CONTACTED)
    return open_ and all(grant.department != order.department for grant in actor.grants)


def _page(
    request: HttpRequest, order: RectificationView, refusal: Refusal | None = None
) -> HttpResponse:
    name = _item_names({order.review.item_code})[order.review.item_code]
    answer = (
        Field("answer", "怎么答复", "choice", options=_ANSWERS),
        Field("text", "答复内容", "long", "评价人会看到，请写清楚改了什么，或者为什么不能这样办"),
    )
    note = (
        Field(
            "note",
            "写给评价人的话",
            "long",
            "会作为消息发给评价人，也留在整改单里；写明已在跟进，不要写评价人的姓名和号码",
        ),
    )
    context = {
        "links": navigation.links(request),
        "order": order,
        "name": name,
        "tags": [TAGS[tag] for tag in order.review.tags if tag in TAGS],
        "answer_fields": forms.boxes(answer, request, refusal),
        "note_fields": forms.boxes(note, request, refusal),
        "complex": request.POST.get("complex") == "1",
        "may_set_aside": _may_set_aside(order, _actor(request)),
        "refusal": refusal,
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/review.html", context, status=refusal.status if refusal else 200)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_order(request: HttpRequest, order_key: str) -> HttpResponse:
    """One follow-up: what was said, by when it must be answered, what was done, what comes next."""
    return _page(request, review_queries.get_order(order_key, _actor(request), at=now()))


def _take(
    request: HttpRequest, order_key: str, act: Callable[[datetime], RectificationView]
) -> HttpResponse:
    """Take one act; a loser of two sees the newest state, and what was typed is kept."""
    at = now()
    order = review_queries.get_order(order_key, _actor(request), at=at)
    try:
        act(at)
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        order = review_queries.get_order(order_key, _actor(request), at=at)
        return _page(request, order, refusal)
    return HttpResponseRedirect(f"{navigation.REVIEWS}{order.key}/?done=1")


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def contact(request: HttpRequest, order_key: str) -> HttpResponse:
    """Write to the reviewer; a complex matter gets the longer limit."""
    return _take(
        request,
        order_key,
        lambda at: review_actions.contact(
            key=order_key,
            version=typed.version_in(request),
            note=typed.text_in(request, "note", label="写给评价人的话"),
            complex_matter=request.POST.get("complex") == "1",
            actor=_actor(request),
            at=at,
        ),
    )


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def answer(request: HttpRequest, order_key: str) -> HttpResponse:
    """Tell the reviewer what was corrected, or explain."""

    def act(at: datetime) -> RectificationView:
        chosen = request.POST.get("answer", "")
        if chosen not in set(Answer):
            raise typed.wrong("answer", "还没有选怎么答复", "，请选一项")
        return review_actions.answer(
            key=order_key,
            version=typed.version_in(request),
            answer=chosen,
            text=typed.text_in(request, "text", label="答复内容"),
            actor=_actor(request),
            at=at,
        )

    return _take(request, order_key, act)


def _form(order: RectificationView, slug: str) -> forms.Form:
    address = f"{navigation.REVIEWS}{order.key}/"
    if slug == "close":
        return forms.Form(
            title="办结这张整改单",
            consequences=(
                "评价人没有再次评价，整改单到此结束。",
                "办结后不能再改答复，也不能重新打开。",
            ),
            button="办结",
            action=f"{address}close/",
            back=address,
            back_label="回到整改单",
            version=order.version,
        )
    return forms.Form(
        title="认定为误评或恶意评价",
        consequences=(
            "认定后这条评价不计入好差评统计，整改单随之结束，不能撤回。",
            "理由会留在整改单里，供以后核查。",
        ),
        button="认定不计入",
        action=f"{address}set-aside/",
        back=address,
        back_label="回到整改单",
        version=order.version,
        fields=(Field("reason", "核实的情况和理由", "long"),),
        kind="danger",
    )


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def close(request: HttpRequest, order_key: str) -> HttpResponse:
    """Asked once more, then the answered follow-up is closed."""
    if request.method == "POST":
        return _take(
            request,
            order_key,
            lambda at: review_actions.close(
                key=order_key, version=typed.version_in(request), actor=_actor(request), at=at
            ),
        )
    order = review_queries.get_order(order_key, _actor(request), at=now())
    if order.state != RectificationState.ANSWERED:
        return HttpResponseRedirect(f"{navigation.REVIEWS}{order.key}/")
    return forms.show(request, _form(order, "close"))


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def set_aside(request: HttpRequest, order_key: str) -> HttpResponse:
    """Another office says that the review was false; asked once more, with the reason."""
    at, actor = now(), _actor(request)
    order = review_queries.get_order(order_key, actor, at=at)
    if request.method != "POST":
        if not _may_set_aside(order, actor):
            return HttpResponseRedirect(f"{navigation.REVIEWS}{order.key}/")
        return forms.show(request, _form(order, "set-aside"))
    try:
        review_actions.set_aside(
            key=order_key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="理由"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        newest = review_queries.get_order(order_key, actor, at=at)
        return forms.show(request, _form(newest, "set-aside"), refusal=refusal)
    return HttpResponseRedirect(f"{navigation.REVIEWS}{order_key}/?done=1")
