"""Data elements and code tables on their way: proposed by a body, published by another person, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import CHECKERS, DATA_ROLES, KEEPERS
from yiwang.entrance.data.standards_forms import HOMES, MEASURES, read_form, show_form
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.standards import (
    STANDARD_LABELS,
    Standard,
    StandardKind,
    StandardVersionView,
    title_of,
)
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

PAGE_SIZE: Final = 50
#: Slug in an address → kind.
SLUGS: Final[Mapping[str, StandardKind]] = {
    "elements": StandardKind.ELEMENT,
    "code-tables": StandardKind.TABLE,
}
_REASON: Final = Field("reason", "理由", "long", "会写在记录里，不超过 500 字")
#: Act: title, kind of button, what will happen, what is written, in which state.
_ACTS: Final[Mapping[str, tuple[str, str, tuple[str, ...], tuple[Field, ...], VersionState]]] = {
    "submit": ("报送审核", "main", ("主管部门审核期间不能再改。",), (), VersionState.DRAFT),
    "discard": ("不要这份草稿", "danger", ("草稿不再保留；现行的不受影响。",), (), VersionState.DRAFT),
    "publish": (
        "发布", "main",
        ("发布后所有部门登记资源时都能用；这一版以后不能再改，要改就写新的一版。",), (),
        VersionState.SUBMITTED,
    ),
    "send-back": ("退回修改", "danger", ("提出的部门改好以后再报送。",), (_REASON,),
        VersionState.SUBMITTED,
    ),
}  # fmt: skip


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_standards(request: HttpRequest) -> HttpResponse:
    """What is being proposed, or what was published, the newest first."""
    state = "PUBLISHED" if request.GET.get("state") == "PUBLISHED" else ""
    after = request.GET.get("after", "")[:16]
    page = resources.list_standard_versions(
        actor_of(request), state=state, after=after, limit=PAGE_SIZE
    )
    query = f"state={state}&" if state else ""
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "tabs": (("", "在办", not state), ("PUBLISHED", "已发布", bool(state))),
        "may_propose": any(actor_of(request).has_role(role) for role in KEEPERS),
        "next": f"?{query}after={page.next}" if page.next else "",
        "first": f"?{query}" if after else "",
    }
    return render(request, "data/standards.html", context)


@require_GET
@access(OFFICIAL, roles=DATA_ROLES)
def show_standard(request: HttpRequest, standard_version: str) -> HttpResponse:
    """One version whole, what it takes from whom, and what may be done with it."""
    one = resources.get_standard_version(standard_version, actor_of(request))
    context = {
        "links": navigation.links(request),
        "one": one,
        "home": f"{HOMES[one.kind]}{one.code}/" if one.number or one.before else "",
        "edit": f"{HOMES[one.kind]}{one.code}/edit/",
        "acts": [(act.replace("_", "-"), label) for act, label in one.acts if act != "write"],
        "may_write": any(act == "write" for act, _label in one.acts),
    }
    return render(request, "data/standard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def propose(request: HttpRequest, *, kind: StandardKind) -> HttpResponse:
    """Propose a new data element or code table."""
    return _write(request, kind, None, 0)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def propose_element(request: HttpRequest, element_code: str) -> HttpResponse:
    """Write over the draft of a data element, or begin its next version."""
    return _next(request, StandardKind.ELEMENT, element_code[:60])


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def propose_table(request: HttpRequest, code_table: str) -> HttpResponse:
    """The same for a code table."""
    return _next(request, StandardKind.TABLE, code_table[:40])


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CHECKERS)
def withdraw_element(request: HttpRequest, element_code: str) -> HttpResponse:
    """Take a data element of this place out of use."""
    return _withdraw(request, StandardKind.ELEMENT, element_code[:60])


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=CHECKERS)
def withdraw_table(request: HttpRequest, code_table: str) -> HttpResponse:
    """The same for a code table."""
    return _withdraw(request, StandardKind.TABLE, code_table[:40])


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def take_act(request: HttpRequest, standard_version: str, standard_act: str) -> HttpResponse:
    """Asked once more with what will happen, then done."""
    one = resources.get_standard_version(standard_version, actor_of(request))
    if standard_act not in _ACTS or one.state is not _ACTS[standard_act][4]:
        raise NotFound
    title, kind, consequences, fields, _state = _ACTS[standard_act]
    home = f"{navigation.STANDARDS}{one.key}/"
    form = forms.Form(
        title=f"{title}：{one.title}",
        consequences=(*consequences, *_warnings(one, standard_act)),
        button=title,
        action=f"{home}{standard_act}/",
        back=home,
        back_label="回到这一版",
        version=one.version,
        fields=fields,
        kind=kind,
        hidden=(("told", str(one.uses.count)),),
    )
    if request.method != "POST":
        return forms.show(request, form)
    try:
        address = _do(standard_act, request, one)
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(address)


def _warnings(one: StandardVersionView, act: str) -> tuple[str, ...]:
    if act != "publish" or not one.uses:
        return ()
    lost = "；".join(one.losses[:5])
    return (
        f"这一版{lost}。现在有 {one.uses.count} 处在用，发布以后发消息给这些部门：",
        *one.uses.named[:20],
    )


def _do(act: str, request: HttpRequest, one: StandardVersionView) -> str:
    key, seen, actor, at = one.key, typed.version_in(request), actor_of(request), now()
    if act == "submit":
        resource_actions.submit_standard(key=key, version=seen, actor=actor, at=at)
    elif act == "discard":
        resource_actions.discard_standard(key=key, version=seen, actor=actor, at=at)
        return navigation.STANDARDS
    elif act == "publish":
        told = request.POST.get("told", "")
        count = int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else 0
        resource_actions.publish_standard(key=key, version=seen, actor=actor, at=at, told=count)
    else:
        reason = typed.text_in(request, "reason", label="理由", most=500)
        resource_actions.send_back_standard(
            key=key, version=seen, reason=reason, actor=actor, at=at
        )
    return f"{navigation.STANDARDS}{key}/"


def _next(request: HttpRequest, kind: StandardKind, code: str) -> HttpResponse:
    found = resources.find_open_standard(kind, code, actor_of(request))
    content = found.content if found else resources.find_standard(kind, code)
    if content is None:
        raise NotFound
    return _write(request, kind, content, found.version if found else 0)


def _write(
    request: HttpRequest, kind: StandardKind, content: Standard | None, version: int
) -> HttpResponse:
    if request.method != "POST":
        return show_form(request, kind, content, version)
    try:
        seen = typed.version_in(request)
        written = resource_actions.propose_standard(
            content=read_form(request, kind, content),
            actor=actor_of(request),
            at=now(),
            version=seen,
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return show_form(request, kind, content, version, refusal=refusal)
    return HttpResponseRedirect(f"{navigation.STANDARDS}{written.key}/")


def _withdraw(request: HttpRequest, kind: StandardKind, code: str) -> HttpResponse:
    content = resources.find_standard(kind, code)
    if content is None or not content.local or content.withdrawn:
        raise NotFound
    used = resources.uses_of(kind, code)
    home = f"{HOMES[kind]}{code}/"
    who = (f"现在有 {used.count} 处在用，改掉以前不能停用：", *used.named[:20]) if used else ()
    form = forms.Form(
        title=f"停用：{title_of(content)}",
        consequences=("停用以后新登记的资源不能再用它；发布过的版本留在记录里。", *who),
        button="" if used else "停用",
        action=f"{home}withdraw/",
        back=home,
        back_label=f"回到这{MEASURES[kind]}{STANDARD_LABELS[kind]}",
        fields=() if used else (_REASON,),
        kind="danger",
    )
    if request.method != "POST":
        return forms.show(request, form)
    try:
        reason = typed.text_in(request, "reason", label="理由", most=500)
        resource_actions.withdraw_standard(
            kind=kind, code=code, reason=reason, actor=actor_of(request), at=now()
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(home)
