"""承诺核查: commitments to look into, the nearest day first; one on a page, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.capability import journey
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.definitions import CommitmentState, CommitmentView
from yiwang.entrance.desk import forms, navigation
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal

PAGE_SIZE: Final = 50
_TABS: Final[Mapping[str, tuple[str, tuple[CommitmentState, ...]]]] = {
    "to-do": ("待核查、待复查", promises.TO_DO),
    "waiting": ("还没有决定", (CommitmentState.SIGNED,)),
    "kept": ("核查过，没有问题", (CommitmentState.KEPT,)),
    "broken": ("承诺不实", (CommitmentState.BROKEN,)),
}
_WORDS: Final = Field("words", "核查情况", "long", "什么时候、怎么看的、看到什么；申请人会看到")
_SERIOUS: Final = Field(
    "serious",
    "是不是严重失信",
    "choice",
    "严重的，修复以前不能再用告知承诺方式；普通方式不受影响",
    options=(("no", "不是"), ("yes", "是，弄虚作假或者后果严重")),
)
#: Act → its address, title, button, weight, and what will happen.
_ACTS: Final[Mapping[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "find_true": ("核查属实", "记下，核查属实", "main", ("承诺到此核查完毕，申请人会收到通知。",)),
    "order_correction": (
        "责令限期改正",
        "发出责令改正通知书",
        "",
        ("写清楚哪里和承诺不符、要改成什么样。", "申请人收到通知书，改好后会报告，由您复查。"),
    ),
    "find_corrected": ("复查合格", "记下，复查合格", "main", ("承诺到此核查完毕。",)),
    "find_false": (
        "认定承诺不实",
        "认定承诺不实",
        "danger",
        (
            "已经作出的决定同时撤销，证照不能再用，申请人会收到撤销决定书。",
            "记入信用记录，本人看得到，可以申请修复，也可以复议、诉讼。",
        ),
    ),
    "find_not_corrected": (
        "认定没有改正",
        "认定没有改正",
        "danger",
        (
            "改正期限已过，或者报告改好了但复查不合格。",
            "已经作出的决定同时撤销，证照不能再用；记入信用记录。",
        ),
    ),
}
_BREAKING: Final = ("find_false", "find_not_corrected")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_commitments(request: HttpRequest) -> HttpResponse:
    """The list of one tab."""
    wanted = request.GET.get("list", "")
    tab = wanted if wanted in _TABS else "to-do"
    label, states = _TABS[tab]
    after = request.GET.get("after", "")[:40]
    rows = promises.list_commitments(
        _actor(request), at=now(), states=states, after=after, limit=PAGE_SIZE + 1
    )
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    context = {
        "links": navigation.links(request),
        "tabs": [(name, text, name == tab) for name, (text, _states) in _TABS.items()],
        "label": label,
        "rows": shown,
        "next": f"?list={tab}&after={shown[-1].position}" if more else "",
        "first": f"?list={tab}" if after else "",
    }
    return render(request, "desk/commitments.html", context)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_commitment(request: HttpRequest, commitment_key: str) -> HttpResponse:
    """One commitment: what was signed, where it stands, what may be done."""
    view = promises.get_commitment(commitment_key, _actor(request), at=now())
    title, _rest, text = view.text.partition("\n")
    context = {
        "links": navigation.links(request),
        "commitment": view,
        "title": title,
        "lines": text.splitlines(),
        "acts": [
            (act.replace("_", "-"), label, _ACTS[act][2])
            for act, label in view.acts
            if act in _ACTS
        ],
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/commitment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_act(request: HttpRequest, commitment_key: str, step: str) -> HttpResponse:
    """Asked once more with what will happen; then done."""
    actor, at, act = _actor(request), now(), step.replace("-", "_")
    view = promises.get_commitment(commitment_key, actor, at=at)
    if act not in _ACTS or act not in dict(view.acts):
        raise NotFound
    form = _form(act, view)
    if request.method != "POST":
        return forms.show(request, form)
    try:
        _take(act, request, view, actor, at)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return forms.show(request, form, refusal=refusal)
    return HttpResponseRedirect(f"{navigation.COMMITMENTS}{view.key}/?done=1")


def _take(
    act: str, request: HttpRequest, view: CommitmentView, actor: Actor, at: datetime
) -> CommitmentView:
    given = {
        "commitment_key": view.key,
        "version": typed.version_in(request),
        "words": typed.text_in(request, "words", label="核查情况"),
    }
    if act in _BREAKING:
        serious = request.POST.get("serious", "")
        if serious not in ("yes", "no"):
            raise typed.wrong("serious", "还没有选是不是严重失信", "，请选一项")
        return journey.find_broken(**given, serious=serious == "yes", actor=actor, at=at)  # type: ignore[arg-type]
    steps: Mapping[str, Callable[..., CommitmentView]] = {
        "find_true": journey.find_true,
        "order_correction": journey.order_correction,
        "find_corrected": journey.find_corrected,
    }
    return steps[act](**given, actor=actor, at=at)


def _form(act: str, view: CommitmentView) -> forms.Form:
    title, button, kind, consequences = _ACTS[act]
    address = f"{navigation.COMMITMENTS}{view.key}/"
    return forms.Form(
        title=f"{title}：{view.item_name}，{view.applicant_masked}",
        consequences=consequences,
        button=button,
        action=f"{address}{act.replace('_', '-')}/",
        back=address,
        back_label="回到这份承诺",
        version=view.version,
        fields=(_WORDS, _SERIOUS) if act in _BREAKING else (_WORDS,),
        kind=kind,
    )
