"""数据纠错 on the data pages: what the body has to answer, what it reports itself, copies that must follow."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import KEEPERS, WRITERS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.corrections import (
    CORRECTION,
    CorrectionState,
    CorrectionView,
)
from yiwang.foundation.standards.definitions import About
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

PAGE_SIZE: Final = 50
_ANSWER: Final = Field("answer", "核实情况", "long", "提出的人会看到")
_ANSWERS: Final = {
    "correct": ("已更正", "main", ("请先在本部门系统里更正。用到这项数据的副本会收到提醒。",)),
    "decline": ("核实无误，不更正", "danger", ("写清楚依据和理由；提出的人可以再提。",)),
}


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_corrections(request: HttpRequest) -> HttpResponse:
    """Requests of one state, newest first, and the copies of one's own bodies that must follow."""
    actor = actor_of(request)
    wanted = request.GET.get("state", "")
    state = wanted if wanted in CORRECTION.labels else CorrectionState.ASKED.value
    after = request.GET.get("after", "")[:16]
    page = resources.list_corrections(actor, at=now(), state=state, after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "rows": page.rows,
        "tabs": [(value, label, value == state) for value, label in CORRECTION.labels.items()],
        "copies": [] if after else resources.list_copies_waiting(actor),
        "next": f"?state={state}&after={page.next}" if page.next else "",
        "first": f"?state={state}" if after else "",
        "may_report": any(actor.has_role(role) for role in WRITERS),
    }
    return render(request, "data/corrections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=WRITERS)
def report(request: HttpRequest) -> HttpResponse:
    """A body reports what it found wrong while using a datum."""
    form = _report_form(request)
    if request.method != "POST":
        return forms.show(request, form)
    try:
        made = resource_actions.report_error(
            element=request.POST.get("element", "")[:60],
            about=request.POST.get("about", "")[:40],
            wrong=request.POST.get("wrong", ""),
            right=request.POST.get("right", ""),
            found_at=request.POST.get("found_at", "")[:16],
            actor=actor_of(request),
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"{navigation.CORRECTIONS}{made.key}/")


@require_GET
@access(OFFICIAL, roles=KEEPERS)
def show_correction(request: HttpRequest, correction_key: str) -> HttpResponse:
    """One request, whom it is about masked; what the source may do."""
    return _page(request, resources.get_correction(correction_key, actor_of(request), at=now()))


@require_POST
@access(OFFICIAL, roles=WRITERS)
def read_whole(request: HttpRequest, correction_key: str) -> HttpResponse:
    """Name and number for the source's verification; the reading is noted."""
    actor, at = actor_of(request), now()
    whole = resource_actions.read_whole(key=correction_key, actor=actor, at=at)
    return _page(request, resources.get_correction(correction_key, actor, at=at), whole=whole)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=WRITERS)
def answer(request: HttpRequest, correction_key: str, correction_answer: str) -> HttpResponse:
    """Corrected, or found right: asked once more, then told to who reported it."""
    actor = actor_of(request)
    one = resources.get_correction(correction_key, actor, at=now())
    if correction_answer not in _ANSWERS or one.state is not CorrectionState.ASKED:
        raise NotFound
    if not _answers(one, actor):
        raise NotFound
    title, kind, consequences = _ANSWERS[correction_answer]
    home = f"{navigation.CORRECTIONS}{one.key}/"
    form = forms.Form(
        title=f"{title}：{one.label}",
        consequences=consequences,
        button=title,
        action=f"{home}{correction_answer}/",
        back=home,
        back_label="回到这一条",
        version=one.version,
        fields=(_ANSWER,),
        kind=kind,
    )
    if request.method != "POST":
        return forms.show(request, form)
    verb = resource_actions.correct if correction_answer == "correct" else resource_actions.decline
    try:
        verb(
            key=one.key,
            version=typed.version_in(request),
            answer=typed.text_in(request, "answer", label="核实情况"),
            actor=actor,
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(home)


@require_POST
@access(OFFICIAL, roles=WRITERS)
def take_over(request: HttpRequest, correction_copy: str) -> HttpResponse:
    """The copy follows the source now."""
    resource_actions.take_over(key=correction_copy, actor=actor_of(request), at=now())
    return HttpResponseRedirect(navigation.CORRECTIONS)


def _page(request: HttpRequest, one: CorrectionView, *, whole: str = "") -> HttpResponse:
    actor = actor_of(request)
    context = {
        "links": navigation.links(request),
        "one": one,
        "whole": whole,
        "may_answer": _answers(one, actor) and one.state is CorrectionState.ASKED,
        "is_source": _answers(one, actor),
    }
    return render(request, "data/correction.html", context)


def _answers(one: CorrectionView, actor: Actor) -> bool:
    return bool(set(WRITERS) & actor.roles_at(one.division_code, one.department))


def _report_form(request: HttpRequest) -> forms.Form:
    data = [
        (element.code, f"{label}：{element.name}")
        for about, label in ((About.PERSON, "个人"), (About.ORGANIZATION, "经营主体"))
        for element in resources.list_correctable(about)
    ]
    found_at = request.GET.get("found_at", "")[:16]
    return forms.Form(
        title="提出数据纠错",
        consequences=(
            "不管在哪里发现，都先交给这项数据的来源部门核实，10 个工作日内更正、答复（政务数据共享条例第二十六条）。",
        ),
        button="提出",
        action=f"{navigation.CORRECTIONS}new/",
        back=navigation.CORRECTIONS,
        back_label="回到数据纠错",
        fields=(
            Field("element", "哪一项数据", "choice", options=tuple(data)),
            Field("about", "谁的数据", "text", "公民身份号码，或者统一社会信用代码"),
            Field("wrong", "哪里不对", "long"),
            Field("right", "应当是什么", "long", optional=True),
            Field("found_at", "在哪个资源里发现的（资源编号）", "text", "在自己系统里发现的不用填",
                  found_at, optional=True),
        ),
    )  # fmt: skip
