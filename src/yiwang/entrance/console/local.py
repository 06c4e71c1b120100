"""本地管理: a county's own staff — accounts, roles by two people, stand-ins, leaving."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.capability.journey import handing_over
from yiwang.entrance.console import navigation
from yiwang.entrance.console.rights import rows_of
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import SHANGHAI, legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import ROLE_LABELS, AccountKind, AccountView
from yiwang.support.identity.definitions.duties import LOCAL_ROLES

PAGE_SIZE: Final = 50
_SHOWN: Final = (403, 404, 409, 422)
HERE: Final = navigation.LOCAL


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def staff(request: HttpRequest) -> HttpResponse:
    """What waits for a second person here, the stand-ins, then everybody by user name."""
    actor, at, after = actor_of(request), now(), request.GET.get("after", "")[:60]
    bodies = {one.uscc: one for one in queries.list_bodies(actor)}
    found = queries.list_staff(actor, bodies=bodies, at=at, after=after, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    waiting = queries.list_standing_grants(at=at, waiting=True, limit=200, within=actor.grants)
    context = {
        "links": navigation.links(request),
        "waiting": rows_of(waiting),
        "stand_ins": queries.list_stand_ins_of_staff([row[0] for row in shown], at=at),
        "me": actor.reference,
        "staff": [(key, name, user, _body(bodies, body)) for key, name, user, body in shown],
        "next": shown[-1][2] if len(found) > PAGE_SIZE else "",
        "paged": bool(after),
        "done": request.GET.get("done", ""),
    }
    return render(request, "console/local/staff.html", context)


def _body(bodies: dict[str, DepartmentView], uscc: str) -> str:
    return bodies[uscc].name if uscc in bodies else uscc


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def new(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody new; the first password is shown this once."""
    actor, refusal = actor_of(request), None
    typed = {
        name: request.POST.get(name, "").strip()[:80] for name in ("user_name", "name", "body")
    }
    if request.method == "POST":
        try:
            _insist_filled(typed)
            account, password = identity.open_staff_account(
                user_name=typed["user_name"],
                name=typed["name"],
                department=typed["body"],
                actor=actor,
                at=now(),
            )
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            made = {"links": navigation.links(request), "account": account, "password": password}
            return render(request, "console/local/made.html", made)
    context = {
        "links": navigation.links(request),
        "bodies": queries.list_bodies(actor),
        "typed": typed,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/local/new.html", context, status=status)


def _insist_filled(typed: dict[str, str]) -> None:
    if not typed["user_name"] or not typed["name"]:
        raise InvalidInput(fields=[FieldProblem("user_name", "请写用户名和姓名。")])


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def official(request: HttpRequest, account_key: str) -> HttpResponse:
    """One official: roles, and the form to propose another."""
    actor, at = actor_of(request), now()
    account = _mine(account_key, actor, at)
    if request.method != "POST":
        return _official_page(request, account, None)
    try:
        _propose(request, account, actor, at)
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _official_page(request, account, refusal)
    return HttpResponseRedirect(f"{HERE}?done=proposed")


def _mine(account_key: str, actor: Actor, at: datetime) -> AccountView:
    """An official of the administrator's place, or as if there were none."""
    queries.insist_on_staff(account_key, actor, at=at)
    return queries.get_account(account_key)


def _propose(request: HttpRequest, account: AccountView, actor: Actor, at: datetime) -> None:
    role = request.POST.get("role", "")
    if role.startswith("post:"):
        identity.grant_post(
            account=account.key,
            post=role.removeprefix("post:")[:16],
            valid_until=last_day(request, "until"),
            actor=actor,
            at=at,
        )
        return
    if role not in set(LOCAL_ROLES):
        raise InvalidInput(fields=[FieldProblem("role", "还没有选角色。", "请选一项。")])
    body = request.POST.get("body", "")[:18]
    place = directory.find_departments([body]).get(body)
    if place is None:
        raise InvalidInput(fields=[FieldProblem("body", "没有这个部门。", "请选一个部门。")])
    identity.grant_role(
        account=account.key,
        role=Role(role),
        division_code=place.division_code,
        department=body,
        valid_until=last_day(request, "until"),
        actor=actor,
        at=at,
    )


def last_day(request: HttpRequest, name: str) -> datetime:
    """The chosen day is the last one."""
    return datetime.combine(day(request, name) + timedelta(days=1), time(), SHANGHAI)


def day(request: HttpRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "").strip())
    except ValueError as error:
        problem = FieldProblem(name, "不是日期。", "请写成 2026-12-18 的样子。")
        raise InvalidInput(fields=[problem]) from error


def _official_page(
    request: HttpRequest, account: AccountView, refusal: Refusal | None
) -> HttpResponse:
    at, actor = now(), actor_of(request)
    standing = queries.list_standing_grants_of(account.key, at=at, held=actor.grants)
    context = {
        "links": navigation.links(request),
        "account": account,
        "rows": rows_of(standing),
        "roles": [(r.value, ROLE_LABELS[r]) for r in ROLE_LABELS if r in LOCAL_ROLES],
        "posts": queries.list_posts(actor, at=at),
        "bodies": queries.list_bodies(actor),
        "typed": {name: request.POST.get(name, "")[:24] for name in ("role", "body", "until")},
        "until": (legal_date(at) + timedelta(days=182)).isoformat(),
        "today": legal_date(at).isoformat(),
        "wish": {n: request.POST.get(n, "")[:200] for n in ("taker", "since", "last", "reason")},
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/local/official.html", context, status=status)


@require_POST
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def ask_stand_in(request: HttpRequest, account_key: str) -> HttpResponse:
    """For somebody who is away and cannot ask himself; another administrator confirms it."""
    actor, at = actor_of(request), now()
    account = _mine(account_key, actor, at)
    try:
        name = request.POST.get("taker", "").strip()[:60]
        taker = queries.find_account_by_user_name(name, AccountKind.OFFICIAL) if name else None
        if taker is None or not taker.active:
            problem = FieldProblem("taker", "没有这个工作账号。", "请核对用户名。")
            raise InvalidInput(fields=[problem])
        identity.ask_stand_in(
            principal=account.key,
            taker=taker.key,
            reason=request.POST.get("reason", "")[:400],
            valid_from=max(datetime.combine(day(request, "since"), time(), SHANGHAI), at),
            valid_until=last_day(request, "last"),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _official_page(request, account, refusal)
    return HttpResponseRedirect(f"{HERE}?done=proposed")


@require_POST
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def settle_grant(request: HttpRequest, role_grant: str) -> HttpResponse:
    """The second person confirms a role, or either ends it."""
    confirms = request.POST.get("verb") == "confirm"
    act = identity.confirm_grant if confirms else identity.revoke_grant
    act(grant=role_grant, actor=actor_of(request), at=now())
    return HttpResponseRedirect(f"{HERE}?done={'confirmed' if confirms else 'ended'}")


@require_POST
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def settle_stand_in(request: HttpRequest, stand_in_key: str) -> HttpResponse:
    """The second person confirms a stand-in, or it is ended."""
    confirms = request.POST.get("verb") == "confirm"
    act = identity.confirm_stand_in if confirms else identity.end_stand_in
    act(stand_in=stand_in_key, actor=actor_of(request), at=now())
    return HttpResponseRedirect(f"{HERE}?done={'confirmed' if confirms else 'ended'}")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=navigation.LOCAL_ROLES)
def leave(request: HttpRequest, account_key: str) -> HttpResponse:
    """离岗: what is still in hand, who takes it over, then roles and account end."""
    actor, at = actor_of(request), now()
    account = _mine(account_key, actor, at)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            handing_over.let_go(
                account=account.key, taker=request.POST.get("taker", "")[:80], actor=actor, at=at
            )
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{HERE}?done=left")
    context = {
        "links": navigation.links(request),
        "account": account,
        "work": handing_over.find_open_work(account.key, actor=actor, at=at),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/local/leave.html", context, status=status)
