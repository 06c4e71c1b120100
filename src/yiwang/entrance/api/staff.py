"""本地管理, the people: accounts, roles and posts by two administrators, stand-ins, leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from yiwang.capability.journey import handing_over
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import Division, Given, Key, Limit
from yiwang.entrance.api.standing_in import StandInIn, StandInOut, account_named
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import StandingGrant

router = Router(tags=["本地管理"])
LOCAL = (Role.LOCAL_ADMIN,)
GRANTERS = (Role.LOCAL_ADMIN, Role.SECURITY_ADMIN)
Body = Annotated[str, Field(pattern=r"^[0-9A-HJ-NP-RTUW-Y]{18}$")]
UserName = Annotated[str, Field(min_length=1, max_length=60)]


class StaffOut(Schema):
    """One official of the place."""

    account: str
    name: str
    user_name: str
    department: str


class StaffPageOut(Schema):
    rows: list[StaffOut]
    next: str


class NewStaffIn(Given):
    user_name: UserName
    name: Annotated[str, Field(min_length=1, max_length=80)]
    department: Body


class NewStaffOut(Schema):
    """``password``: shown this once."""

    account: str
    user_name: str
    password: str


class GivenOut(Schema):
    """A role or post somebody holds or waits for. ``post``: its key, empty for a single role."""

    key: str
    account: str
    display_name: str
    user_name: str | None
    label: str
    roles: list[str]
    post: str
    division_code: str
    department: str | None
    valid_from: datetime
    valid_until: datetime
    granted_by: str
    confirmed_by: str | None


class RoleIn(Given):
    role: Role
    division_code: Division
    department: Body | None = None
    valid_until: AwareDatetime
    valid_from: AwareDatetime | None = None


class PostOut(Schema):
    """A named bundle of roles of one body; it never changes."""

    key: str
    name: str
    division_code: str
    department: str | None
    roles: list[str]
    roles_label: str
    defined_at: datetime
    ended_at: datetime | None
    holders: int


class PostOfRolesIn(Given):
    name: Annotated[str, Field(min_length=1, max_length=30)]
    division_code: Division
    department: Body | None = None
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class AppointIn(Given):
    user_name: UserName
    valid_until: AwareDatetime
    valid_from: AwareDatetime | None = None


class GrantKeyOut(Schema):
    key: str


class LeaveIn(Given):
    """``taker``: the reference of who goes on with open work; empty when nothing is open."""

    taker: Annotated[str, Field(max_length=80)] = ""


class PlaceStandInIn(StandInIn):
    """``principal``: the user name of who is away."""

    principal: UserName


@router.get("/local/staff", response=StaffPageOut, summary="本地工作人员")
@access(OFFICIAL, roles=LOCAL, scope="local:read")
def list_staff(
    request: HttpRequest, after: Annotated[str, Field(max_length=60)] = "", limit: Limit = 50
) -> object:
    """By user name; ``after``: the user name seen last."""
    actor, at = actor_of(request), moments.now()
    bodies = [one.uscc for one in queries.list_bodies(actor)]
    found = queries.list_staff(actor, bodies=bodies, at=at, after=after, limit=limit)
    rows = [
        {"account": key, "name": name, "user_name": user, "department": body}
        for key, name, user, body in found
    ]
    return {"rows": rows, "next": rows[-1]["user_name"] if len(rows) == limit else ""}


@router.post("/local/staff", response={201: NewStaffOut}, summary="开通账号")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def open_account(request: HttpRequest, body: NewStaffIn) -> object:
    """It may do nothing until a role or post is given by two."""
    account, password = identity.open_staff_account(
        user_name=body.user_name, name=body.name, department=body.department,
        actor=actor_of(request), at=moments.now(),
    )  # fmt: skip
    made = {"account": account.key, "user_name": account.user_name, "password": password}
    return Status(201, made)


@router.get(
    "/local/staff/{account_key}/grants", response=list[GivenOut], summary="一个人的角色和岗位"
)
@access(OFFICIAL, roles=LOCAL, scope="local:read")
def list_grants(request: HttpRequest, account_key: Key) -> object:
    """What he holds and what waits for a second person."""
    at = moments.now()
    queries.insist_on_staff(account_key, actor_of(request), at=at)
    return [_given(one) for one in queries.list_standing_grants_of(account_key, at=at)]


@router.post("/local/staff/{account_key}/grants", response={201: GrantKeyOut}, summary="给一个角色")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def give_role(request: HttpRequest, account_key: Key, body: RoleIn) -> object:
    """A working role in the own place; it counts once another administrator confirmed it."""
    actor, at = actor_of(request), moments.now()
    queries.insist_on_staff(account_key, actor, at=at)
    key = identity.grant_role(
        account=account_key, role=body.role, division_code=body.division_code,
        department=body.department, valid_from=body.valid_from, valid_until=body.valid_until,
        actor=actor, at=at,
    )  # fmt: skip
    return Status(201, {"key": key})


@router.post("/local/staff/{account_key}/leave", response={204: None}, summary="办离岗")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def leave(request: HttpRequest, account_key: Key, body: LeaveIn) -> object:
    """Open work goes to the taker, then roles, stand-ins and the account end; 409 without a taker."""
    actor, at = actor_of(request), moments.now()
    queries.insist_on_staff(account_key, actor, at=at)
    handing_over.let_go(account=account_key, taker=body.taker, actor=actor, at=at)
    return Status(204, None)


@router.get("/local/grants", response=list[GivenOut], summary="等第二位管理员确认的")
@access(OFFICIAL, roles=GRANTERS, scope="local:read")
def list_waiting(request: HttpRequest) -> object:
    """What this administrator may confirm or decline."""
    actor, at = actor_of(request), moments.now()
    found = queries.list_standing_grants(at=at, waiting=True, limit=200, within=actor.grants)
    return [_given(one) for one in found]


@router.post("/local/grants/{role_grant}/confirm", response={204: None}, summary="确认")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def confirm_grant(request: HttpRequest, role_grant: Key) -> object:
    """By another administrator than who proposed it."""
    identity.confirm_grant(grant=role_grant, actor=actor_of(request), at=moments.now())
    return Status(204, None)


@router.post("/local/grants/{role_grant}/end", response={204: None}, summary="收回或不同意")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def end_grant(request: HttpRequest, role_grant: Key) -> object:
    """The official's sessions and tokens end with it."""
    identity.revoke_grant(grant=role_grant, actor=actor_of(request), at=moments.now())
    return Status(204, None)


@router.get("/local/posts", response=list[PostOut], summary="岗位")
@access(OFFICIAL, roles=GRANTERS, scope="local:read")
def list_posts(request: HttpRequest, after: Annotated[str, Field(max_length=16)] = "") -> object:
    """The open posts of the place by name, at most 200; ``after``: the key seen last."""
    return list(queries.list_posts(actor_of(request), at=moments.now(), after=after))


@router.post("/local/posts", response={201: PostOut}, summary="设岗位")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def define_post(request: HttpRequest, body: PostOfRolesIn) -> object:
    """Of roles one may give; 409 when the name is taken in the body."""
    view = identity.define_post(
        name=body.name, division_code=body.division_code, department=body.department,
        roles=body.roles, actor=actor_of(request), at=moments.now(),
    )  # fmt: skip
    return Status(201, view)


@router.get("/local/posts/{post_key}", response=PostOut, summary="一个岗位")
@access(OFFICIAL, roles=GRANTERS, scope="local:read")
def get_post(request: HttpRequest, post_key: Key) -> object:
    return queries.get_post(post_key, actor_of(request))


@router.get("/local/posts/{post_key}/grants", response=list[GivenOut], summary="谁在这个岗位")
@access(OFFICIAL, roles=GRANTERS, scope="local:read")
def list_holders(request: HttpRequest, post_key: Key) -> object:
    """Who holds it or waits for it."""
    post = queries.get_post(post_key, actor_of(request))
    found = queries.list_standing_grants_of_post(post.key, at=moments.now())
    return [_given(one) for one in found]


@router.post("/local/posts/{post_key}/grants", response={201: GrantKeyOut}, summary="让谁上岗")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def give_post(request: HttpRequest, post_key: Key, body: AppointIn) -> object:
    """It counts once another administrator confirmed it."""
    post = queries.get_post(post_key, actor_of(request))
    key = identity.grant_post(
        account=account_named(body.user_name, "user_name"), post=post.key,
        valid_from=body.valid_from, valid_until=body.valid_until, actor=actor_of(request),
        at=moments.now(),
    )  # fmt: skip
    return Status(201, {"key": key})


@router.post("/local/posts/{post_key}/end", response={204: None}, summary="停用岗位")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def end_post(request: HttpRequest, post_key: Key) -> object:
    """Its roles, sessions, tokens and stand-ins are over at once."""
    identity.end_post(post=post_key, actor=actor_of(request), at=moments.now())
    return Status(204, None)


@router.get("/local/stand-ins", response=list[StandInOut], summary="本地的代理")
@access(OFFICIAL, roles=LOCAL, scope="local:read")
def list_place_stand_ins(request: HttpRequest) -> object:
    """Of the place's officials, what is not over."""
    actor, at = actor_of(request), moments.now()
    bodies = [one.uscc for one in queries.list_bodies(actor)]
    staff = [row[0] for row in queries.list_staff(actor, bodies=bodies, at=at, limit=200)]
    return list(queries.list_stand_ins_of_staff(staff, at=at))


@router.post("/local/stand-ins", response={201: StandInOut}, summary="替不在的人请代理")
@access(OFFICIAL, roles=LOCAL, scope="local:write")
def ask_for_absent(request: HttpRequest, body: PlaceStandInIn) -> object:
    """For somebody who cannot ask himself; another administrator confirms it."""
    actor, at = actor_of(request), moments.now()
    view = identity.ask_stand_in(
        principal=account_named(body.principal, "principal"),
        taker=account_named(body.taker, "taker"), reason=body.reason, post=body.post,
        valid_from=max(body.valid_from, at), valid_until=body.valid_until, actor=actor, at=at,
    )  # fmt: skip
    return Status(201, view)


@router.post("/local/stand-ins/{stand_in_key}/confirm", response=StandInOut, summary="确认代理")
@access(OFFICIAL, roles=GRANTERS, scope="local:write")
def confirm_stand_in(request: HttpRequest, stand_in_key: Key) -> object:
    """By an administrator who is neither of the two and did not ask."""
    return identity.confirm_stand_in(
        stand_in=stand_in_key, actor=actor_of(request), at=moments.now()
    )


def _given(one: StandingGrant) -> dict[str, object]:
    grant = one.grant
    return {
        "key": grant.key,
        "account": grant.account,
        "display_name": one.display_name,
        "user_name": one.user_name,
        "label": one.role_label,
        "roles": [role.value for role in grant.roles],
        "post": grant.post,
        "division_code": grant.division_code,
        "department": grant.department,
        "valid_from": grant.valid_from,
        "valid_until": grant.valid_until,
        "granted_by": grant.granted_by,
        "confirmed_by": grant.confirmed_by,
    }
