"""One version on its way: the body hands it in or drops it, the authority publishes it or gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.data.catalogue import actor_of, item_rows
from yiwang.entrance.data.navigation import CHECKERS, DATA_ROLES, KEEPERS, WRITERS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import VersionState, VersionView
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

PAGE_SIZE: Final = 50
_REASON: Final = Field("reason", "理由", "long", "会写在记录里，不超过 500 字")
#: Act: title, kind of button, what will happen, whether a reason is written, in which state.
_ACTS: Final[Mapping[str, tuple[str, str, tuple[str, ...], bool, VersionState]]] = {
    "submit": (
        "报送审核", "main",
        ("数据共享主管部门在 2 个工作日内审核发布（政务数据共享条例第十七条）。", "审核期间不能再改。"),
        False, VersionState.DRAFT,
    ),
    "discard": (
        "不要这份草稿", "danger", ("草稿不再保留；已经发布的版本不受影响。",), False,
        VersionState.DRAFT,
    ),
    "publish": (
        "发布", "main", ("发布后所有部门都能看到；这一版以后不能再改，要改就写新的一版。",), False,
        VersionState.SUBMITTED,
    ),
    "send-back": (
        "退回修改", "danger", ("提供方改好以后再报送。",), True, VersionState.SUBMITTED,
    ),
}  # fmt: skip


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_waiting(request: HttpRequest) -> HttpResponse:
    """What was handed in and is not checked yet, the oldest first."""
    after = request.GET.get("after", "")[:16]
    page = resources.list_waiting(actor_of(request), at=now(), after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/waiting.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_version(request: HttpRequest, resource_version: str) -> HttpResponse:
    """One version whole, with what may be done with it."""
    actor = actor_of(request)
    version = resources.get_version(resource_version, actor, at=now())
    resource = resources.read_resource(version.resource, actor)
    held = actor.roles_at(resource.division_code, resource.provider)
    context = {
        "links": navigation.links(request),
        "one": version,
        "resource": resource,
        "items": item_rows(version.content.items),
        "may_write": bool(held & set(WRITERS)) and version.state is VersionState.DRAFT,
        "may_check": bool(held & set(CHECKERS)) and version.state is VersionState.SUBMITTED,
    }
    return render(request, "data/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def take_act(request: HttpRequest, resource_version: str, version_act: str) -> HttpResponse:
    """Asked once more with what will happen, then done."""
    actor = actor_of(request)
    version = resources.get_version(resource_version, actor, at=now())
    if version_act not in _ACTS or version.state is not _ACTS[version_act][4]:
        raise NotFound
    title, kind, consequences, reasoned, _state = _ACTS[version_act]
    home = f"{navigation.VERSIONS}{version.key}/"
    form = forms.Form(
        title=f"{title}：{version.content.name}",
        consequences=consequences,
        button=title,
        action=f"{home}{version_act}/",
        back=home,
        back_label="回到这一版",
        version=version.version,
        fields=(_REASON,) if reasoned else (),
        kind=kind,
    )
    if request.method != "POST":
        return forms.show(request, form)
    try:
        address = _do(version_act, request, version, actor)
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(address)


def _do(act: str, request: HttpRequest, version: VersionView, actor: Actor) -> str:
    seen, at = typed.version_in(request), now()
    home = f"{navigation.VERSIONS}{version.key}/"
    if act == "submit":
        resource_actions.submit(key=version.key, version=seen, actor=actor, at=at)
    elif act == "discard":
        resource_actions.discard(key=version.key, version=seen, actor=actor, at=at)
        return navigation.RESOURCES
    elif act == "publish":
        resource_actions.publish(key=version.key, version=seen, actor=actor, at=at)
        return f"{navigation.RESOURCES}{version.resource}/"
    else:
        reason = typed.text_in(request, "reason", label="理由", most=500)
        resource_actions.send_back(key=version.key, version=seen, reason=reason, actor=actor, at=at)
    return home


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CHECKERS)
def withdraw(request: HttpRequest, resource_key: str) -> HttpResponse:
    """Take a resource off the catalogue, with a reason."""
    actor = actor_of(request)
    resource = resources.read_resource(resource_key, actor)
    home = f"{navigation.RESOURCES}{resource.key}/"
    form = forms.Form(
        title=f"撤下：{resource.name}",
        consequences=(
            "撤下以后不能再申请；已发布的版本留在记录里。",
            "它作为权威来源的数据元就没有来源了，会列进普查。",
        ),
        button="撤下",
        action=f"{home}withdraw/",
        back=home,
        back_label="回到这项资源",
        version=resource.version,
        fields=(_REASON,),
        kind="danger",
    )
    if request.method != "POST":
        return forms.show(request, form)
    try:
        resource_actions.withdraw(
            key=resource.key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="理由", most=500),
            actor=actor,
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(home)
