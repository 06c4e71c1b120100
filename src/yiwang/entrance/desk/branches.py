"""并联、征求意见: what other bodies ask of ours, the page to answer on, and asking others ourselves."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.branches import queries as branch_queries
from yiwang.capability.branches.definitions import OPINION_LABELS, BranchStatus, BranchView
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.journey import together
from yiwang.capability.journey.together import BranchCase
from yiwang.entrance.desk import cases, forms, navigation, uploads
from yiwang.entrance.desk.forms import Form
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.network.directory import queries as directory

PAGE_SIZE: Final = 50
_LISTS: Final = (
    (BranchStatus.WAITING, "等我们答复"),
    (BranchStatus.ANSWERED, "已答复"),
    (BranchStatus.ALL, "全部"),
)
_SHOWN: Final = (409, 422)
_OPINIONS: Final = tuple(OPINION_LABELS.items())
#: Phrases that save typing; the official may change every word.
PHRASES: Final = (
    "经审查，不影响我单位管理的事项，同意。",
    "符合规定，同意。",
    "现场条件不具备，不同意。",
)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_branches(request: HttpRequest) -> HttpResponse:
    """What waits for our opinion, oldest first, each with the limit that runs."""
    wanted = request.GET.get("list", "")
    status = next((s for s, _label in _LISTS if s == wanted), BranchStatus.WAITING)
    after = request.GET.get("after", "")[:16]
    page = branch_queries.list_branches(
        _actor(request), at=now(), status=status, after=after, limit=PAGE_SIZE
    )
    context = {
        "links": navigation.links(request),
        "tabs": [(s.value, label, s is status) for s, label in _LISTS],
        "label": next(label for s, label in _LISTS if s is status),
        "status": status.value,
        "rows": page.rows,
        "next": f"?list={status}&after={page.next}" if page.next else "",
        "first": f"?list={status}" if after else "",
    }
    return render(request, "desk/branches.html", context)


def _page(request: HttpRequest, found: BranchCase, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    waiting = branch_queries.list_branches(_actor(request), at=at, limit=PAGE_SIZE)
    others = (row.key for row in waiting.rows if row.key != found.branch.key)
    context = {
        "links": navigation.links(request),
        "branch": found.branch,
        "case": found.case,
        "materials": cases.material_lines(found.case),
        "opinions": _OPINIONS,
        "phrases": PHRASES,
        "chosen": request.POST.get("opinion", ""),
        "reasons": request.POST.get("reasons", "")[:4000],
        "conditions": request.POST.get("conditions", "")[:4000],
        "wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "refusal": refusal,
        "following": next(others, ""),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "desk/branch.html", context, status=refusal.status if refusal else 200)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_branch(request: HttpRequest, branch_key: str) -> HttpResponse:
    """What is asked, the case behind it as far as it is needed, and the opinion."""
    return _page(request, together.get_branch_case(branch_key, _actor(request), at=now()))


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def answer(request: HttpRequest, branch_key: str) -> HttpResponse:
    """Agree, agree with conditions, or refuse; a loser of two sees what the other said."""
    actor, at = _actor(request), now()
    together.get_branch_case(branch_key, actor, at=at)
    try:
        together.answer_branch(
            key=branch_key,
            version=typed.version_in(request),
            opinion=request.POST.get("opinion", ""),
            reasons=request.POST.get("reasons", ""),
            conditions=request.POST.get("conditions", ""),
            stored=uploads.stored_in(request, "files", actor=actor, at=at),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        found = together.get_branch_case(branch_key, actor, at=at)
        return _page(request, found, refusal)
    return HttpResponseRedirect(f"{navigation.BRANCHES}{branch_key}/?done=1")


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def ask_again(request: HttpRequest, branch_key: str) -> HttpResponse:
    """The lead asks once more: what changed, how many days."""
    actor, at = _actor(request), now()
    branch = _with_act(branch_key, actor, at, "ask_again")
    form = Form(
        title=f"再问{branch.department_name}",
        consequences=(
            "原来的意见保留在记录里。对方的时限重新计算，答复之前这一件不能同意。",
            "只在情况有变化时再问，例如申请人改了方案。",
        ),
        button="发出",
        action=request.path,
        back=f"/desk/cases/{branch.case_key}/",
        back_label="回到办件",
        version=branch.version,
        fields=(
            Field("question", "哪里变了、要对方看什么", "long"),
            Field("days", "几个工作日内答复", "text", value="3"),
        ),
    )
    if request.method == "GET":
        return forms.show(request, form)
    try:
        together.ask_branch_again(
            key=branch_key,
            version=typed.version_in(request),
            question=typed.text_in(request, "question", label="哪里变了"),
            days=typed.days_in(request, "days", label="答复时限"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _again(request, form, refusal)
    return HttpResponseRedirect(f"/desk/cases/{branch.case_key}/?done=1")


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def close(request: HttpRequest, branch_key: str) -> HttpResponse:
    """The lead no longer waits for what it asked of itself."""
    actor, at = _actor(request), now()
    branch = _with_act(branch_key, actor, at, "close")
    form = Form(
        title=f"不再等{branch.department_name}的意见",
        consequences=("对方不用再答复。为什么不再等，写在记录里。",),
        button="不再等",
        action=request.path,
        back=f"/desk/cases/{branch.case_key}/",
        back_label="回到办件",
        version=branch.version,
        fields=(Field("reason", "为什么不再等", "long"),),
        kind="danger",
    )
    if request.method == "GET":
        return forms.show(request, form)
    try:
        together.close_branch(
            key=branch_key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="为什么不再等"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _again(request, form, refusal)
    return HttpResponseRedirect(f"/desk/cases/{branch.case_key}/?done=1")


def _with_act(key: str, actor: Actor, at: datetime, act: str) -> BranchView:
    """The branch when this official may take the act on it now; else as if the page did not exist."""
    branch = branch_queries.get_branch(key, actor, at=at)
    if act not in branch.acts:
        raise NotFound("这一步现在不能办。", "请回到办件看最新情况。")
    return branch


def _again(request: HttpRequest, form: Form, refusal: Refusal) -> HttpResponse:
    if refusal.status not in _SHOWN:
        raise refusal
    return forms.show(request, form, refusal=refusal)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def consult(request: HttpRequest, case_key: str) -> HttpResponse:
    """征求意见: choose the body, the question, the days, and what it is shown."""
    actor, at = _actor(request), now()
    case = case_queries.get_case(case_key, actor, at=at)
    if request.method == "GET":
        return _consult_page(request, case)
    try:
        together.open_consultation(
            case_key=case_key,
            department=request.POST.get("department", ""),
            title=typed.text_in(request, "title", label="征求什么意见", most=80),
            question=typed.text_in(request, "question", label="具体的问题"),
            days=typed.days_in(request, "days", label="答复时限"),
            materials=request.POST.getlist("materials"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _consult_page(request, case, refusal)
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1")


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def review(request: HttpRequest, case_key: str) -> HttpResponse:
    """专家评审: what the experts are asked, how many days; the clock stands meanwhile."""
    actor, at = _actor(request), now()
    case = case_queries.get_case(case_key, actor, at=at)
    form = Form(
        title=f"专家评审：{case.item_name}",
        consequences=(
            "专家评审是特别程序，这段时间不计入办理时限（行政许可法第四十五条），会书面告知申请人要多久。",
            "评审完由您记录专家意见，时限接着走。",
        ),
        button="开始评审，停止计时",
        action=request.path,
        back=f"/desk/cases/{case_key}/",
        back_label="回到办件",
        version=case.version,
        fields=(
            Field("title", "评审什么", "text", "一句话"),
            Field("question", "请专家回答的问题", "long"),
            Field("days", "预计几个工作日", "text", value="10"),
        ),
    )
    if request.method == "GET":
        return forms.show(request, form)
    try:
        together.open_expert_review(
            case_key=case_key,
            version=typed.version_in(request),
            title=typed.text_in(request, "title", label="评审什么", most=80),
            question=typed.text_in(request, "question", label="问题"),
            days=typed.days_in(request, "days", label="预计时间"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _again(request, form, refusal)
    return HttpResponseRedirect(f"/desk/cases/{case_key}/?done=1")


def _consult_page(
    request: HttpRequest, case: CaseView, refusal: Refusal | None = None
) -> HttpResponse:
    bodies = directory.list_departments(case.division_code)
    options = tuple((b.uscc, b.name) for b in bodies if b.uscc != case.department)
    fields = (
        Field("department", "向哪个部门征求", "choice", options=options),
        Field("title", "征求什么意见", "text", "一句话，对方的待办里看到的就是它"),
        Field("question", "具体的问题", "long", "对方只看得到这段话和下面勾选的材料"),
        Field(
            "days", "几个工作日内答复", "text", "从今天起算，到期提醒对方，不暂停这一件的时限", "3"
        ),
    )
    ticked = request.POST.getlist("materials") if request.method == "POST" else None
    known = {one.key: one.name for one in case.materials if one.file_key}
    context = {
        "links": navigation.links(request),
        "case": case,
        "fields": forms.boxes(fields, request, refusal),
        "materials": [(key, name, ticked is None or key in ticked) for key, name in known.items()],
        "refusal": refusal,
    }
    return render(request, "desk/consult.html", context, status=refusal.status if refusal else 200)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_material(
    request: HttpRequest, branch_key: str, branch_material: str
) -> StreamingHttpResponse:
    """A material of the case, when the branch shows it to us; opening it is written down."""
    return send_file(
        together.open_branch_material(branch_key, branch_material, _actor(request), at=now())
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_file(request: HttpRequest, branch_key: str, branch_file: str) -> StreamingHttpResponse:
    """A file that came with an opinion."""
    return send_file(together.open_branch_file(branch_key, branch_file, _actor(request), at=now()))
