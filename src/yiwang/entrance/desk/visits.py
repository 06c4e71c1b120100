"""现场核查: planning a visit, recording it on a telephone, the second officer's confirmation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.journey import together
from yiwang.capability.journey.together import Sent
from yiwang.capability.visits import queries as visit_queries
from yiwang.capability.visits.definitions import (
    FINDING_LABELS,
    RESULT_LABELS,
    Answer,
    Position,
    Record,
    VisitStatus,
    VisitView,
)
from yiwang.entrance.desk import forms, navigation, uploads
from yiwang.entrance.desk.forms import Form
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.entrance.shell.templatetags.words import moment
from yiwang.entrance.shell.typed import Field
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI, now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.mechanisms.files.definitions import IMAGES

PAGE_SIZE: Final = 50
_LISTS: Final = (
    (VisitStatus.MINE, "我要去的"),
    (VisitStatus.WANTED, "待安排"),
    (VisitStatus.OPEN, "本单位在办"),
    (VisitStatus.DONE, "已完成"),
)
_SHOWN: Final = (409, 422)
#: On these pages, and no others, the telephone may say where it is.
_MAY_LOCATE: Final = "camera=(), microphone=(), geolocation=(self)"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_visits(request: HttpRequest) -> HttpResponse:
    """The visits I am sent to, those to plan, those of our body."""
    wanted = request.GET.get("list", "")
    status = next((s for s, _label in _LISTS if s == wanted), VisitStatus.MINE)
    after = request.GET.get("after", "")[:16]
    page = visit_queries.list_visits(
        _actor(request), at=now(), status=status, after=after, limit=PAGE_SIZE
    )
    context = {
        "links": navigation.links(request),
        "tabs": [(s.value, label, s is status) for s, label in _LISTS],
        "label": next(label for s, label in _LISTS if s is status),
        "rows": page.rows,
        "next": f"?list={status}&after={page.next}" if page.next else "",
        "first": f"?list={status}" if after else "",
    }
    return render(request, "desk/visits.html", context)


def _page(
    request: HttpRequest, visit: VisitView, refusal: Refusal | None = None, kept: str = ""
) -> HttpResponse:
    actor, at = _actor(request), now()
    posted = request.POST if refusal else {}
    plan = "plan" in visit.acts
    colleagues = visit_queries.list_colleagues(visit.key, actor, at=at) if plan else ()
    planned = visit.planned_at.astimezone(SHANGHAI) if visit.planned_at else None
    chosen = (
        request.POST.getlist("officers")
        if kept == "plan"
        else [one.reference for one in visit.officers]
    )
    context = {
        "links": navigation.links(request),
        "visit": visit,
        "points": [_point(request, point, kept == "record") for point in visit.points],
        "findings": tuple(FINDING_LABELS.items()),
        "results": tuple(RESULT_LABELS.items()),
        "colleagues": [(one.reference, one.name, one.reference in chosen) for one in colleagues],
        "planned_at": posted.get("planned_at", f"{planned:%Y-%m-%dT%H:%M}" if planned else ""),
        "place": posted.get("place", visit.place),
        "record": {
            name: posted.get(name, getattr(visit, name))
            for name in ("result", "remarks", "present", "statement")
        },
        "wrong": {problem.field for problem in refusal.fields} if refusal else set(),
        "refusal": refusal,
        "done": request.GET.get("done", "") == "1",
    }
    answer = render(request, "desk/visit.html", context, status=refusal.status if refusal else 200)
    answer["Permissions-Policy"] = _MAY_LOCATE
    return answer


def _point(request: HttpRequest, point: object, typed_now: bool) -> dict[str, object]:
    """One line of the checklist with what was typed, or else what is kept."""
    key = getattr(point, "key", "")
    finding, note = getattr(point, "finding", ""), getattr(point, "note", "")
    if typed_now:
        finding = request.POST.get(f"point-{key}", "")
        note = request.POST.get(f"note-{key}", "")[:4000]
    return {"point": point, "finding": finding, "note": note}


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_visit(request: HttpRequest, visit_key: str) -> HttpResponse:
    """One visit: when, where, who; the checklist; the signatures. Opening it is written down."""
    return _page(request, together.read_visit(visit_key, _actor(request), at=now()))


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def plan(request: HttpRequest, visit_key: str) -> HttpResponse:
    """Name day, place and two officers or more."""
    actor, at = _actor(request), now()
    visit_queries.get_visit(visit_key, actor, at=at)
    try:
        together.plan_visit(
            key=visit_key,
            version=typed.version_in(request),
            planned_at=typed.moment_in(request, "planned_at", label="核查时间"),
            place=request.POST.get("place", ""),
            officers=request.POST.getlist("officers"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _again(request, visit_key, refusal, "plan")
    return _done(visit_key)


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def record(request: HttpRequest, visit_key: str) -> HttpResponse:
    """Keep what was found, unfinished or not; with ``sign`` also stand for it."""
    actor, at = _actor(request), now()
    visit = visit_queries.get_visit(visit_key, actor, at=at)
    try:
        together.record_visit(
            key=visit_key,
            version=typed.version_in(request),
            record=_record_in(request, visit),
            photographs=_photographs_in(request, visit, actor, at),
            sign=request.POST.get("sign") == "1",
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _again(request, visit_key, refusal, "record")
    return _done(visit_key)


def _record_in(request: HttpRequest, visit: VisitView) -> Record:
    given = request.POST
    return Record(
        answers={
            point.key: Answer(
                given.get(f"point-{point.key}", ""), given.get(f"note-{point.key}", "").strip()
            )
            for point in visit.points
        },
        result=given.get("result", ""),
        remarks=given.get("remarks", "").strip(),
        present=given.get("present", "").strip(),
        statement=given.get("statement", "").strip(),
    )


def _photographs_in(
    request: HttpRequest, visit: VisitView, actor: Actor, at: datetime
) -> list[Sent]:
    """Photographs that came with the form itself, without JavaScript: no position is known."""
    if "record" not in visit.acts:
        return []
    return [
        Sent(stored, point.key, at, None)
        for point in visit.points
        for stored in uploads.stored_in(
            request, f"photo-{point.key}", actor=actor, at=at, accept=IMAGES
        )
    ]


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def add_photograph(request: HttpRequest, visit_key: str) -> JsonResponse:
    """One photograph the moment it is taken, with when and where; answers with its line on the page."""
    actor, at = _actor(request), now()
    try:
        visit = visit_queries.get_visit(visit_key, actor, at=at)
        if "record" not in visit.acts:
            raise NotFound
        stored = uploads.stored_in(request, "photo", actor=actor, at=at, accept=IMAGES)
        if not stored:
            raise typed.wrong("photo", "没有收到照片", "，请重新拍一张")
        sent = Sent(
            stored[0], request.POST.get("point", ""), _taken_at(request, at), _place(request)
        )
        visit = together.add_photograph(key=visit_key, photograph=sent, actor=actor, at=at)
    except Refusal as refusal:
        body = refusal.as_json(getattr(request, "request_id", ""))
        return JsonResponse(body, status=refusal.status)
    newest = visit.photographs[-1]
    where = "有位置" if newest.position else "没有位置"
    return JsonResponse(
        {
            "version": visit.version,
            "address": f"{navigation.VISITS}{visit_key}/photographs/{newest.file_key}/",
            "words": f"照片 {newest.number}，{moment(newest.taken_at)}，{where}",
        }
    )


def _taken_at(request: HttpRequest, at: datetime) -> datetime:
    """When the telephone says it was taken, in milliseconds; now when it does not."""
    given = request.POST.get("taken_at", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 15):
        return at
    return datetime.fromtimestamp(int(given) / 1000, UTC)


def _place(request: HttpRequest) -> Position | None:
    """Where the telephone says it is; None when it did not, or said nonsense."""
    try:
        latitude = float(request.POST.get("latitude", ""))
        longitude = float(request.POST.get("longitude", ""))
        accuracy = float(request.POST.get("accuracy", ""))
    except ValueError:
        return None
    sound = -90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy <= 1_000_000
    return Position(round(latitude, 6), round(longitude, 6), round(accuracy, 1)) if sound else None


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def sign(request: HttpRequest, visit_key: str) -> HttpResponse:
    """The other officer has read the record and stands for it too."""
    actor, at = _actor(request), now()
    visit_queries.get_visit(visit_key, actor, at=at)
    try:
        together.sign_visit(key=visit_key, version=typed.version_in(request), actor=actor, at=at)
    except Refusal as refusal:
        return _again(request, visit_key, refusal, "")
    return _done(visit_key)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def skip(request: HttpRequest, visit_key: str) -> HttpResponse:
    """Do without a visit, where the flow allows it."""
    actor, at = _actor(request), now()
    visit = visit_queries.get_visit(visit_key, actor, at=at)
    if "skip" not in visit.acts:
        raise NotFound("这一步现在不能办。", "请回到核查看最新情况。")
    form = Form(
        title="免于现场核查",
        consequences=("按这个事项的规定，申请人的情况可以不去现场。理由写在记录里。",),
        button="免于核查",
        action=request.path,
        back=f"{navigation.VISITS}{visit_key}/",
        back_label="回到核查",
        version=visit.version,
        fields=(Field("reason", "为什么可以不去", "long"),),
    )
    if request.method == "GET":
        return forms.show(request, form)
    try:
        together.skip_visit(
            key=visit_key,
            version=typed.version_in(request),
            reason=typed.text_in(request, "reason", label="理由"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return forms.show(request, form, refusal=refusal)
    return _done(visit_key)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def want(request: HttpRequest, case_key: str) -> HttpResponse:
    """An official finds a visit necessary, or one more."""
    actor, at = _actor(request), now()
    case = case_queries.get_case(case_key, actor, at=at)
    form = Form(
        title=f"要现场核查：{case.item_name}",
        consequences=(
            "核查在办理时限以内进行，不暂停计时。完成之前这一件不能同意。",
            "接下来指派两名以上工作人员，定好时间和地点，申请人会收到通知。",
        ),
        button="要核查",
        action=request.path,
        back=f"/desk/cases/{case_key}/",
        back_label="回到办件",
        fields=(Field("reason", "为什么要去现场", "text"),),
    )
    if request.method == "GET":
        return forms.show(request, form)
    try:
        visit = together.want_visit(
            case_key=case_key,
            reason=typed.text_in(request, "reason", label="为什么要去现场", most=200),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return forms.show(request, form, refusal=refusal)
    return _done(visit.key)


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_photograph(request: HttpRequest, visit_key: str, photograph: str) -> StreamingHttpResponse:
    """One photograph of a visit."""
    return send_file(together.open_photograph(visit_key, photograph, _actor(request), at=now()))


def _again(request: HttpRequest, visit_key: str, refusal: Refusal, kept: str) -> HttpResponse:
    """The page with the newest state, what is wrong on top, and what was typed kept."""
    if refusal.status not in _SHOWN:
        raise refusal
    visit = together.read_visit(visit_key, _actor(request), at=now())
    return _page(request, visit, refusal, kept)


def _done(visit_key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{navigation.VISITS}{visit_key}/?done=1")
