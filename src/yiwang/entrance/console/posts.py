"""岗位: the posts of a place — defined, given to people, ended."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.console import navigation
from yiwang.entrance.console.local import actor_of, day, last_day
from yiwang.entrance.console.rights import rows_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import SHANGHAI, legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.network.directory import queries as directory
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import ROLE_LABELS, AccountKind
from yiwang.support.identity.definitions.duties import LOCAL_ROLES, PostView

HERE: Final = navigation.POSTS
_SHOWN: Final = (403, 404, 409, 422)
_TYPED: Final = ("name", "body", "division", "user_name", "since", "until")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.POST_ROLES)
def posts(request: HttpRequest) -> HttpResponse:
    """The posts, and the form to define another."""
    actor, at, refusal = actor_of(request), now(), None
    if request.method == "POST":
        try:
            made = _define(request, actor, at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{HERE}{made.key}/?done=defined")
    anywhere = actor.has_role(Role.SECURITY_ADMIN)
    rows = queries.list_posts(actor, at=at, after=request.GET.get("after", "")[:16])
    context = {
        "posts": [(post, *_place_of(post)) for post in rows],
        "roles": [
            (role.value, label)
            for role, label in ROLE_LABELS.items()
            if anywhere or role in LOCAL_ROLES
        ],
        "picked": request.POST.getlist("roles"),
        "bodies": () if anywhere else queries.list_bodies(actor),
        "anywhere": anywhere,
        "done": request.GET.get("done", ""),
    }
    return _page(request, "console/posts/list.html", context, refusal)


def _define(request: HttpRequest, actor: Actor, at: datetime) -> PostView:
    body = request.POST.get("body", "").strip()[:18]
    place = directory.find_departments([body]).get(body) if body else None
    if body and place is None:
        raise _wrong("body", "没有这个部门。", "请选一个部门。")
    division = request.POST.get("division", "").strip()[:12]
    if place is not None and not division:
        division = place.division_code
    if directory.find_division(division) is None:
        raise _wrong("division", "没有这个行政区划。", "请填 12 位代码。")
    return identity.define_post(
        name=request.POST.get("name", "")[:80],
        division_code=division,
        department=body or None,
        roles=[role for role in Role if role.value in request.POST.getlist("roles")],
        actor=actor,
        at=at,
    )


def _wrong(field: str, sentence: str, remedy: str) -> InvalidInput:
    return InvalidInput(fields=[FieldProblem(field, sentence, remedy)])


def _place_of(post: PostView) -> tuple[str, str]:
    place = directory.find_division(post.division_code)
    body = directory.find_departments([post.department]) if post.department else {}
    named = body[post.department].name if post.department in body else post.department
    return place.full_name if place else post.division_code, named or "不限部门"


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.POST_ROLES)
def post(request: HttpRequest, post_key: str) -> HttpResponse:
    """One post: who holds it, and the form to propose somebody."""
    actor, at, refusal = actor_of(request), now(), None
    view = queries.get_post(post_key, actor)
    if request.method == "POST":
        try:
            _appoint(request, view, actor, at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{HERE}{view.key}/?done=proposed")
    place, body = _place_of(view)
    context = {
        "post": view,
        "place": place,
        "body": body,
        "rows": rows_of(queries.list_standing_grants_of_post(view.key, at=at)),
        "me": actor.reference,
        "at": at,
        "today": legal_date(at).isoformat(),
        "until": (legal_date(at) + timedelta(days=182)).isoformat(),
        "done": request.GET.get("done", ""),
    }
    return _page(request, "console/posts/post.html", context, refusal)


def _appoint(request: HttpRequest, view: PostView, actor: Actor, at: datetime) -> None:
    name = request.POST.get("user_name", "").strip()[:60]
    account = queries.find_account_by_user_name(name, AccountKind.OFFICIAL) if name else None
    if account is None or not account.active:
        raise _wrong("user_name", "没有这个工作账号。", "请核对用户名。")
    begins = datetime.combine(day(request, "since"), time(), SHANGHAI)
    identity.grant_post(
        account=account.key,
        post=view.key,
        valid_from=at if begins.date() == legal_date(at) else begins,
        valid_until=last_day(request, "until"),
        actor=actor,
        at=at,
    )


@require_POST
@access(OFFICIAL, roles=navigation.POST_ROLES)
def settle(request: HttpRequest, post_key: str, role_grant: str) -> HttpResponse:
    """The second person confirms who is to hold it, or it is taken back from somebody."""
    actor, confirms = actor_of(request), request.POST.get("verb") == "confirm"
    view = queries.get_post(post_key, actor)
    act = identity.confirm_grant if confirms else identity.revoke_grant
    act(grant=role_grant, actor=actor, at=now())
    done = "confirmed" if confirms else "taken"
    return HttpResponseRedirect(f"{HERE}{view.key}/?done={done}")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.POST_ROLES)
def end(request: HttpRequest, post_key: str) -> HttpResponse:
    """Asked once more, then the post is no more."""
    actor, at, refusal = actor_of(request), now(), None
    view = queries.get_post(post_key, actor)
    if request.method == "POST":
        try:
            identity.end_post(post=view.key, actor=actor, at=at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{HERE}?done=ended")
    held = queries.list_standing_grants_of_post(view.key, at=at)
    return _page(request, "console/posts/end.html", {"post": view, "held": held}, refusal)


def _page(
    request: HttpRequest, template: str, context: dict[str, object], refusal: Refusal | None
) -> HttpResponse:
    shown = {
        "links": navigation.links(request),
        "typed": {name: request.POST.get(name, "")[:80] for name in _TYPED},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, template, shown | context, status=status)
