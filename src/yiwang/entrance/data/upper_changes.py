"""更正、撤回向上级的申请: asked once more, then it goes up behind the request itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from yiwang.entrance.data import forms
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import UPPER
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.upper import actions, queries
from yiwang.foundation.upper.definitions import ASKERS, Kind, UpperView
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

Take = Callable[[HttpRequest, UpperView, Actor, datetime], object]


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=ASKERS)
def amend(request: HttpRequest, upper_request: str) -> HttpResponse:
    """The request says something else from now on."""
    return _change(request, upper_request, "更正", _AMENDING, _amend)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=ASKERS)
def recall(request: HttpRequest, upper_request: str) -> HttpResponse:
    """The request is taken back."""
    return _change(request, upper_request, "撤回", _RECALLING, _recall)


_AMENDING: Final = (
    Field("purpose", "用途", "text", "更正以后的全文"),
    Field("fields", "信息项", "text", "要哪些，用顿号隔开"),
)
_RECALLING: Final = (Field("words", "撤回的理由", "long", "上级平台会看到，不超过 200 字"),)
_SLUGS: Final = {"更正": "amend", "撤回": "recall"}


def _change(
    request: HttpRequest, key: str, label: str, fields: tuple[Field, ...], take: Take
) -> HttpResponse:
    actor = actor_of(request)
    one = queries.get_item(key, actor)
    if one.kind is not Kind.REQUEST:
        raise NotFound
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            take(request, one, actor, now())
            return HttpResponseRedirect(f"{UPPER}?done=1")
        except Refusal as refused:
            if refused.status not in (409, 422):
                raise
            refusal = refused
    form = forms.Form(
        title=f"{label}申请：{one.title}",
        consequences=("一分钟内上报，排在这份申请以前的内容后面；上级平台没有收到就一直重试。",),
        button=label,
        action=f"{UPPER}{one.key}/{_SLUGS[label]}/",
        back=UPPER,
        back_label="回到上级平台",
        version=one.version,
        fields=fields,
        kind="danger" if label == "撤回" else "main",
    )
    return forms.show(request, form, refusal=refusal)


def _amend(request: HttpRequest, one: UpperView, actor: Actor, at: datetime) -> object:
    return actions.amend(
        key=one.key,
        version=typed.version_in(request),
        purpose=typed.text_in(request, "purpose", label="用途", most=200),
        fields=typed.text_in(request, "fields", label="信息项", most=200),
        actor=actor,
        at=at,
    )


def _recall(request: HttpRequest, one: UpperView, actor: Actor, at: datetime) -> object:
    words = typed.text_in(request, "words", label="撤回的理由", most=200)
    version = typed.version_in(request)
    return actions.recall(key=one.key, version=version, words=words, actor=actor, at=at)
