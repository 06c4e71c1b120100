"""授权: who may do what, where, until when — proposed by one security administrator, confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.console import navigation
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import SHANGHAI, legal_date, now
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.network.directory import queries as directory
from yiwang.support.identity import actions as identity_actions
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import ROLE_LABELS, AccountKind, StandingGrant

PAGE_SIZE: Final = 50
_FIELDS: Final = ("user_name", "role", "division", "department", "until")
_SHOWN: Final = (403, 409, 422)


@dataclass(frozen=True, slots=True)
class Row:
    """One grant in words."""

    standing: StandingGrant
    place: str
    body: str
    granted_by: str
    confirmed_by: str


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def rows_of(found: tuple[StandingGrant, ...]) -> tuple[Row, ...]:
    """Places, bodies and people by name, three statements for the whole page."""
    grants = [one.grant for one in found]
    places = directory.find_divisions({grant.division_code for grant in grants})
    bodies = directory.find_departments({g.department for g in grants if g.department})
    people = identity.list_names(
        {who for grant in grants for who in (grant.granted_by, grant.confirmed_by) if who}
    )
    rows = []
    for one in found:
        grant = one.grant
        place, body = places.get(grant.division_code), bodies.get(grant.department or "")
        confirmed = grant.confirmed_by or ""
        rows.append(
            Row(
                standing=one,
                place=place.full_name if place else grant.division_code,
                body=(body.name if body else grant.department) if grant.department else "不限部门",
                granted_by=_named(grant.granted_by, people),
                confirmed_by=_named(confirmed, people),
            )
        )
    return tuple(rows)


def _named(who: str, people: dict[str, str]) -> str:
    return "系统初始化" if who.startswith("machine:") else people.get(who, who)


@require_GET
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def show_rights(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, then every role that counts, the first to end first."""
    at, after = now(), request.GET.get("after", "")[:80]
    standing = identity.list_standing_grants(at=at, after=after, limit=PAGE_SIZE)
    waiting = identity.list_standing_grants(at=at, waiting=True, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "waiting": rows_of(waiting),
        "rows": rows_of(standing),
        "next": standing[-1].position if len(standing) == PAGE_SIZE else "",
        "paged": bool(after),
        "done": request.GET.get("done", ""),
    }
    return render(request, "console/rights.html", context)


def _until(request: HttpRequest) -> datetime:
    """The chosen day is the last one: the role ends as the next begins."""
    try:
        last = date.fromisoformat(request.POST.get("until", "").strip())
    except ValueError as error:
        raise _wrong("until", "到期日不是日期", "，请写成 2026-12-18 的样子") from error
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def _wrong(field: str, sentence: str, remedy: str) -> InvalidInput:
    return InvalidInput(fields=[FieldProblem(field, sentence, remedy)])


def _propose(request: HttpRequest, at: datetime) -> str:
    given = {name: request.POST.get(name, "").strip()[:80] for name in _FIELDS}
    account = identity.find_account_by_user_name(given["user_name"], AccountKind.OFFICIAL)
    if account is None or not account.active:
        raise _wrong("user_name", "没有这个工作账号", "，请核对用户名")
    if given["role"] not in set(Role):
        raise _wrong("role", "还没有选角色", "，请选一项")
    if directory.find_division(given["division"]) is None:
        raise _wrong("division", "没有这个行政区划", "，请填 12 位代码")
    if given["department"] and not directory.find_departments([given["department"]]):
        raise _wrong("department", "没有这个部门", "，请填统一社会信用代码，或者留空")
    return identity_actions.grant_role(
        account=account.key,
        role=Role(given["role"]),
        division_code=given["division"],
        department=given["department"] or None,
        valid_until=_until(request),
        actor=_actor(request),
        at=at,
    )


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a role for an official; it counts once somebody else has confirmed it."""
    at, refusal = now(), None
    if request.method == "POST":
        try:
            _propose(request, at)
        except Refusal as error:
            if error.status not in _SHOWN:
                raise
            refusal = error
        else:
            return HttpResponseRedirect(f"{navigation.RIGHTS}?done=proposed")
    in_half_a_year = (legal_date(at) + timedelta(days=182)).isoformat()
    typed = {name: request.POST.get(name, "")[:80] for name in _FIELDS}
    context = {
        "links": navigation.links(request),
        "typed": typed if refusal else typed | {"until": in_half_a_year},
        "roles": [(role.value, label) for role, label in ROLE_LABELS.items()],
        "refusal": refusal,
        "wrong": [problem.field for problem in refusal.fields] if refusal else [],
    }
    status = refusal.status if refusal else 200
    return render(request, "console/propose.html", context, status=status)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def confirm(request: HttpRequest, role_grant: str) -> HttpResponse:
    """The second person looks at the proposal and confirms it."""
    if request.method == "POST":
        return _settle(request, role_grant, confirms=True)
    return _grant_page(request, role_grant, confirms=True)


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=navigation.RIGHTS_ROLES)
def end(request: HttpRequest, role_grant: str) -> HttpResponse:
    """A role is taken back, asked once more."""
    if request.method == "POST":
        return _settle(request, role_grant, confirms=False)
    return _grant_page(request, role_grant, confirms=False)


def _settle(request: HttpRequest, role_grant: str, *, confirms: bool) -> HttpResponse:
    act = identity_actions.confirm_grant if confirms else identity_actions.revoke_grant
    try:
        act(grant=role_grant, actor=_actor(request), at=now())
    except Refusal as refusal:
        if refusal.status not in _SHOWN:
            raise
        return _grant_page(request, role_grant, confirms=confirms, refusal=refusal)
    done = "confirmed" if confirms else "ended"
    return HttpResponseRedirect(f"{navigation.RIGHTS}?done={done}")


def _grant_page(
    request: HttpRequest, role_grant: str, *, confirms: bool, refusal: Refusal | None = None
) -> HttpResponse:
    standing = identity.get_grant(role_grant)
    me = _actor(request).reference
    over = standing.grant.revoked_at is not None or (confirms and bool(standing.grant.confirmed_by))
    context = {
        "links": navigation.links(request),
        "row": rows_of((standing,))[0],
        "confirms": confirms,
        "over": over,
        "own": confirms and me in (standing.grant.granted_by, standing.subject),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/grant.html", context, status=status)
