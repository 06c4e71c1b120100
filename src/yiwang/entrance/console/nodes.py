"""节点: this installation among others, who they are, and at the registry who asks to be one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions, queries
from yiwang.network.nodes.definitions import (
    REQUEST_LABELS,
    ROLE_LABELS,
    STATE_LABELS,
    NodeState,
    NodeView,
)
from yiwang.network.nodes.refusals import CodeDiffers

HISTORY: Final = 20
_SHOWN: Final = (409, 422, 503)
ACTS: Final = {
    "nodes.join_done": "确认加入",
    "nodes.join_declined": "退回申请",
    "nodes.node_joined": "成为成员",
    "nodes.rotate_done": "收到新密钥",
    "nodes.rotate_declined": "新密钥没有采用",
    "nodes.node_key_changed": "公布新密钥",
    "nodes.leave_done": "申请退出",
    "nodes.node_left": "退出",
    "nodes.node_suspended": "暂停",
    "nodes.node_resumed": "恢复",
    "nodes.ask_to_join": "申请加入",
    "nodes.ask_for_new_key": "申请换密钥",
    "nodes.ask_to_leave": "申请退出",
    "nodes.refuse_document": "拒绝了一份配置文档",
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def spaced(fingerprint: str) -> str:
    """In fours, as one reads it out."""
    return " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4))


def _words(node: NodeView) -> dict[str, Any]:
    return {
        "node": node,
        "state": STATE_LABELS[node.state],
        "role": ROLE_LABELS[node.role],
        "good": node.state is NodeState.ACTIVE,
        "fingerprint": spaced(node.key.fingerprint) if node.keys else "",
    }


def _page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    own = queries.own()
    context = {
        "links": navigation.links(request),
        "own": _words(own),
        "is_registry": queries.is_registry(),
        "contact": queries.find_contact(),
        "rows": [_words(node) for node in queries.list_nodes() if node.code != own.code],
        "requests": [
            {
                "request": one,
                "label": REQUEST_LABELS[one.asked.kind],
                "fingerprint": spaced(one.fingerprint),
            }
            for one in queries.list_requests()
        ],
        "document": queries.find_document("members"),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/nodes.html", context, status=status)


def _done(
    request: HttpRequest, act: Callable[[], object], *, done: str, here: str = ""
) -> HttpResponse:
    """Do it, and say so on the page it came from; what a person can mend is shown there."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _page(request, refusal=refusal) if not here else _one(request, here, refusal)
    address = f"{navigation.NODES}{here}/" if here else navigation.NODES
    return HttpResponseRedirect(f"{address}?done={done}")


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_nodes(request: HttpRequest) -> HttpResponse:
    """Ourselves, the others, and what waits for a decision."""
    return _page(request)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def confirm(request: HttpRequest, node_request: str) -> HttpResponse:
    """The fingerprint was read out and typed: the node is a member."""

    def act() -> None:
        actions.confirm(
            request=node_request,
            fingerprint=request.POST.get("fingerprint", "")[:200],
            at=now(),
            actor=_actor(request),
        )

    return _done(request, act, done="confirmed")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def decline(request: HttpRequest, node_request: str) -> HttpResponse:
    """Send a request back, with the reason."""

    def act() -> None:
        actions.decline(
            request=node_request,
            reason=request.POST.get("reason", "")[:300],
            at=now(),
            actor=_actor(request),
        )

    return _done(request, act, done="declined")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def join(request: HttpRequest) -> HttpResponse:
    """Ask the registry to be a member, trusting the key whose fingerprint was read out."""

    def act() -> None:
        actions.ask_to_join(
            registry_fingerprint=request.POST.get("fingerprint", "")[:200],
            at=now(),
            actor=_actor(request),
        )

    return _done(request, act, done="asked")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def rotate(request: HttpRequest) -> HttpResponse:
    """A new key for this node, told to everybody before it is used."""

    def act() -> None:
        change = actions.change_own_key if queries.is_registry() else actions.ask_for_new_key
        change(at=now(), actor=_actor(request))

    return _done(request, act, done="rotated")


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def leave(request: HttpRequest) -> HttpResponse:
    """This node leaves; typed code so that nobody leaves by a slip."""

    def act() -> None:
        if request.POST.get("code", "").strip() != queries.own().code:
            raise CodeDiffers
        actions.ask_to_leave(at=now(), actor=_actor(request))

    return _done(request, act, done="left")


@require_GET
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def show_node(request: HttpRequest, node_code: str) -> HttpResponse:
    """One node: its keys, what happened to it, and at the registry what may be done."""
    return _one(request, node_code)


def _one(request: HttpRequest, code: str, refusal: Refusal | None = None) -> HttpResponse:
    node = queries.get_node(code)
    entries = journal.list_acts_on(subject=node.reference)[-HISTORY:]
    context = {
        "links": navigation.links(request),
        **_words(node),
        "keys": [{"key": key, "fingerprint": spaced(key.fingerprint)} for key in node.keys],
        "may_act": queries.is_registry() and code != queries.own().code,
        "history": [(ACTS.get(entry.act, entry.act), entry) for entry in reversed(entries)],
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    return render(request, "console/node.html", context, status=refusal.status if refusal else 200)


@require_POST
@access(OFFICIAL, roles=navigation.CONSOLE_ROLES)
def move(request: HttpRequest, node_code: str, node_act: str) -> HttpResponse:
    """Keep a member out, let it in again, take it out."""
    actor, at, reason = _actor(request), now(), request.POST.get("reason", "")[:300]
    acts: dict[str, Callable[[], object]] = {
        "suspend": lambda: actions.suspend(code=node_code, reason=reason, at=at, actor=actor),
        "resume": lambda: actions.resume(code=node_code, at=at, actor=actor),
        "remove": lambda: actions.remove(code=node_code, reason=reason, at=at, actor=actor),
    }
    if node_act not in acts:
        raise NotFound
    return _done(request, acts[node_act], done=node_act, here=node_code)
