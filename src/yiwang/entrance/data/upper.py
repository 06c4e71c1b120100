"""上级平台: what one's office asks of the platform above, and what is answered to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import UPPER
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.upper import actions, queries
from yiwang.foundation.upper.definitions import ANSWERERS, READERS, Kind, State, UpperView
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.network.directory import queries as directory

_ANSWER = (
    Field("agreed", "答复", "choice", options=(("yes", "同意"), ("no", "不同意"))),
    Field("words", "理由", "long", "上级平台会看到"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=READERS)
def show_upper(request: HttpRequest) -> HttpResponse:
    """What went up and came down; an officer asks for more."""
    actor, refusal = actor_of(request), None
    if request.method == "POST":
        try:
            _ask(request, actor)
            return HttpResponseRedirect(f"{UPPER}?done=1")
        except Refusal as refused:
            if refused.status not in (409, 422):
                raise
            refusal = refused
    after = request.GET.get("after", "")[:20]
    page = queries.list_items(actor, after=after)
    fields = _fields(actor)
    context = {
        "links": navigation.links(request),
        "contact": queries.get_contact(),
        "rows": [(one, _may_answer(one, actor), _may_change(one, actor)) for one in page.rows],
        "fields": asking.boxes(fields, request, refusal) if fields else (),
        "refusal": refusal,
        "done": request.GET.get("done", ""),
        "next": f"?after={page.next}" if page.next else "",
        "first": "?" if after else "",
    }
    return render(request, "data/upper.html", context, status=refusal.status if refusal else 200)


def _may_answer(one: UpperView, actor: Actor) -> bool:
    return one.state == State.ARRIVED and any(map(actor.has_role, ANSWERERS))


def _may_change(one: UpperView, actor: Actor) -> bool:
    mine = any(g.role == Role.DATA_OFFICER and g.department == one.department for g in actor.grants)
    return mine and one.kind is Kind.REQUEST and one.state in (State.WAITING, State.SENT)


def _ask(request: HttpRequest, actor: Actor) -> None:
    actions.ask(
        resource=typed.text_in(request, "resource", label="资源", most=200),
        purpose=typed.text_in(request, "purpose", label="用途", most=200),
        fields=typed.text_in(request, "fields", label="信息项", most=200),
        department=typed.text_in(request, "department", label="单位", most=18),
        actor=actor,
        at=now(),
    )


def _fields(actor: Actor) -> tuple[Field, ...]:
    own = {g.department for g in actor.grants if g.role == Role.DATA_OFFICER and g.department}
    if not own or not queries.is_above():
        return ()
    bodies = tuple(
        (uscc, one.name) for uscc, one in sorted(directory.find_departments(own).items())
    )
    return (
        Field("resource", "上级的哪项资源", "text", "名称或代码"),
        Field("purpose", "用途", "text"),
        Field("fields", "信息项", "text", "要哪些，用顿号隔开"),
        Field("department", "单位", "choice", value=bodies[0][0] if len(bodies) == 1 else "",
              options=bodies),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=ANSWERERS)
def answer(request: HttpRequest, upper_key: str) -> HttpResponse:
    """Say yes or no to a request from above."""
    actor = actor_of(request)
    one = queries.get_item(upper_key, actor)
    if one.kind is not Kind.INCOMING or (one.state != State.ARRIVED and request.method != "POST"):
        raise NotFound
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            agreed = typed.text_in(request, "agreed", label="答复") == "yes"
            words = typed.text_in(request, "words", label="理由", most=1000)
            version = typed.version_in(request)
            actions.answer(
                key=one.key, version=version, agreed=agreed, words=words, actor=actor, at=now()
            )
            return HttpResponseRedirect(f"{UPPER}?done=1")
        except Refusal as refused:
            if refused.status not in (409, 422):
                raise
            refusal = refused
    form = asking.Form(
        title=f"答复上级申请：{one.title}",
        consequences=("答复在一分钟内上报，上报后不能改。",),
        button="答复",
        action=f"{UPPER}{one.key}/",
        back=UPPER,
        back_label="回到上级平台",
        version=one.version,
        fields=_ANSWER,
    )
    context = {"links": navigation.links(request), **asking.context_of(request, form, refusal)}
    return render(request, "data/act.html", context, status=refusal.status if refusal else 200)
