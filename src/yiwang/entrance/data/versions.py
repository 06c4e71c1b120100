"""One version on its way: the body hands it in or drops it, the authority publishes it or gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.data.catalogue import actor_of, item_rows
from yiwang.entrance.data.navigation import (
    CHECKERS,
    CONSENTERS,
    DATA_ROLES,
    ON_THE_WAY,
    WRITERS,
)
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
_ASSESSMENT: Final = Field(
    "assessment", "评估的结论", "long",
    "保密风险、个人信息保护影响评估的结论（条例第十三条），负责人看得到，不超过 500 字",
)  # fmt: skip
#: Act: title, kind of button, what will happen, what is written, in which state.
_ACTS: Final[Mapping[str, tuple[str, str, tuple[str, ...], tuple[Field, ...], VersionState]]] = {
    "submit": (
        "送负责人同意", "main",
        ("本部门负责人审核同意以后报送主管部门（政务数据共享条例第十三条）。", "等意见期间不能再改。"),
        (_ASSESSMENT,), VersionState.DRAFT,
    ),
    "discard": (
        "不要这份草稿", "danger", ("草稿不再保留；已经发布的版本不受影响。",), (),
        VersionState.DRAFT,
    ),
    "consent": (
        "同意并报送", "main",
        ("马上报送数据共享主管部门，2 个工作日内审核发布（政务数据共享条例第十七条）。", "审核期间不能再改。"),
        (), VersionState.TO_CONSENT,
    ),
    "hand-back": (
        "不同意，退回修改", "danger", ("数据专员改好以后再送。",), (_REASON,), VersionState.TO_CONSENT,
    ),
    "publish": (
        "发布", "main", ("发布后所有部门都能看到；这一版以后不能再改，要改就写新的一版。",), (),
        VersionState.SUBMITTED,
    ),
    "send-back": (
        "退回修改", "danger", ("提供方改好以后再报送。",), (_REASON,), VersionState.SUBMITTED,
    ),
}  # fmt: skip


@require_GET
@access(OFFICIAL, roles=ON_THE_WAY)
def show_waiting(request: HttpRequest) -> HttpResponse:
    """What was handed in and is not checked yet, or waits for the head, the oldest first."""
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
        "may_consent": bool(held & set(CONSENTERS)) and version.state is VersionState.TO_CONSENT,
        "may_check": bool(held & set(CHECKERS)) and version.state is VersionState.SUBMITTED,
    }
    return render(request, "data/version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=ON_THE_WAY)
def take_act(request: HttpRequest, resource_version: str, version_act: str) -> HttpResponse:
    """Asked once more with what will happen, then done."""
    actor = actor_of(request)
    version = resources.get_version(resource_version, actor, at=now())
    if version_act not in _ACTS or version.state is not _ACTS[version_act][4]:
        raise NotFound
    title, kind, consequences, fields, _state = _ACTS[version_act]
    home = f"{navigation.VERSIONS}{version.key}/"
    form = forms.Form(
        title=f"{title}：{version.content.name}",
        consequences=consequences,
        button=title,
        action=f"{home}{version_act}/",
        back=home,
        back_label="回到这一版",
        version=version.version,
        fields=fields,
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
        said = typed.text_in(request, "assessment", label="评估的结论", most=500)
        resource_actions.submit(key=version.key, version=seen, assessment=said, actor=actor, at=at)
    elif act == "consent":
        resource_actions.consent(key=version.key, version=seen, actor=actor, at=at)
    elif act == "hand-back":
        reason = typed.text_in(request, "reason", label="理由", most=500)
        resource_actions.hand_back(key=version.key, version=seen, reason=reason, actor=actor, at=at)
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
