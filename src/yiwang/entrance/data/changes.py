"""目录变动: a law or a body's duties changed, and its catalogue follows within ten working days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import CHANGES, KEEPERS, ON_THE_WAY
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.changes import (
    CAUSE_LABELS,
    CHANGE_MACHINE,
    ChangeState,
    ChangeView,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.network.directory import queries as directory

PAGE_SIZE: Final = 50
#: Address part → act, what will happen, the field it takes, its verb.
_ACTS: Final[Mapping[str, tuple[str, str, tuple[Field, ...], Callable[..., Any]]]] = {
    "ask-longer": (
        "ask_longer", "主管部门同意以后，期限延长 5 个工作日（政务数据共享条例第十七条）。",
        (Field("words", "特殊原因", "long"),), resource_actions.ask_longer,
    ),
    "consent-longer": (
        "consent_longer", "期限延长 5 个工作日，部门会收到消息。", (), resource_actions.consent_longer,
    ),
    "decline-longer": (
        "decline_longer", "期限不变，部门会收到消息。", (), resource_actions.decline_longer,
    ),
    "done": (
        "done", "记为已经更新报送，期限停止。", (Field("words", "改了哪些目录", "long"),),
        resource_actions.finish_change,
    ),
}  # fmt: skip
SLUGS: Final = tuple(_ACTS)
_LABELS: Final = {one.act: one.label for one in CHANGE_MACHINE.transitions}


@require_GET
@access(OFFICIAL, roles=ON_THE_WAY)
def show_changes(request: HttpRequest) -> HttpResponse:
    """Changes of one's body or place, newest first."""
    actor = actor_of(request)
    wanted = request.GET.get("state", "")
    state = wanted if wanted in CHANGE_MACHINE.labels else ChangeState.OPEN.value
    after = request.GET.get("after", "")[:16]
    page = resources.list_changes(actor, at=now(), state=state, after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "tabs": [(value, label, value == state) for value, label in CHANGE_MACHINE.labels.items()],
        "may_note": any(actor.has_role(role) for role in KEEPERS),
        "next": f"?state={state}&after={page.next}" if page.next else "",
        "first": f"?state={state}" if after else "",
    }
    return render(request, "data/changes.html", context)


@require_GET
@access(OFFICIAL, roles=ON_THE_WAY)
def show_change(request: HttpRequest, catalogue_change: str) -> HttpResponse:
    """One change, and what may be done about it."""
    one = resources.get_change(catalogue_change, actor_of(request), at=now())
    slugs = {act: slug for slug, (act, *_rest) in _ACTS.items()}
    context = {
        "links": navigation.links(request),
        "one": one,
        "acts": [(slugs[act], label) for act, label in one.acts],
    }
    return render(request, "data/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def note(request: HttpRequest) -> HttpResponse:
    """Note a change: by the body's data officer, or by the authority for a body of its place."""
    actor = actor_of(request)
    form = _note_form(request, actor)
    if request.method != "POST":
        return forms.show(request, form)
    try:
        made = resource_actions.note_change(
            department=request.POST.get("department", "")[:18],
            cause=request.POST.get("cause", ""),
            basis=request.POST.get("basis", ""),
            what=request.POST.get("what", ""),
            happened_on=_day(request.POST.get("happened_on", "")),
            resource=request.POST.get("resource", "")[:16],
            actor=actor,
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in (403, 404, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"{CHANGES}{made.key}/")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=KEEPERS)
def take_act(request: HttpRequest, catalogue_change: str, slug: str) -> HttpResponse:
    """Asked once more with what will happen, then done."""
    actor, at = actor_of(request), now()
    one = resources.get_change(catalogue_change, actor, at=at)
    act, happens, fields, verb = _ACTS[slug]
    form = _act_form(one, slug, _LABELS[act], happens, fields)
    if request.method != "POST":
        if act not in dict(one.acts):
            return HttpResponseRedirect(form.back)
        return forms.show(request, form)
    said = {"words": request.POST.get("words", "")} if fields else {}
    try:
        verb(key=one.key, version=typed.version_in(request), **said, actor=actor, at=at)
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"{CHANGES}{one.key}/")


def _act_form(
    one: ChangeView, slug: str, label: str, happens: str, fields: tuple[Field, ...]
) -> forms.Form:
    home = f"{CHANGES}{one.key}/"
    return forms.Form(
        title=label,
        consequences=(happens,),
        button=label,
        action=f"{home}{slug}/",
        back=home,
        back_label="回到这次变动",
        version=one.version,
        fields=fields,
    )


def _note_form(request: HttpRequest, actor: Actor) -> forms.Form:
    bodies = directory.find_departments(
        [one.department for one in actor.grants if one.role in KEEPERS and one.department]
    )
    own = tuple((uscc, one.name) for uscc, one in sorted(bodies.items()))
    return forms.Form(
        title="登记目录变动",
        consequences=(
            "自变动之日起 10 个工作日内更新目录并报送；有特殊原因的，经主管部门同意可以延长 5 个工作日（政务数据共享条例第十七条）。",
        ),
        button="登记",
        action=f"{CHANGES}new/",
        back=CHANGES,
        back_label="回到目录变动",
        fields=(
            Field("department", "部门", "choice", options=own)
            if own
            else Field("department", "部门代码", "text", "统一社会信用代码"),
            Field("cause", "原因", "choice", options=tuple(CAUSE_LABELS.items())),
            Field("basis", "依据", "text", "哪个文件、哪一条"),
            Field("what", "目录里什么要改", "long"),
            Field("happened_on", "变动发生的日期", "text", "例如 2026-03-02"),
            Field("resource", "资源编号", "text", "在资源页的地址里；还没有目录的不用填",
                  request.GET.get("resource", "")[:16], optional=True),
        ),
    )  # fmt: skip


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given.strip())
    except ValueError as error:
        problem = FieldProblem("happened_on", "日期不对。", "请写成 2026-03-02 的样子。")
        raise InvalidInput(fields=[problem]) from error
