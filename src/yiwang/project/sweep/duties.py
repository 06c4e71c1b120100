"""A post of the body, a role that waits, a stand-in; and who stands in, who holds a post, who sits at a
window for somebody — while it lasts and when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from yiwang.kernel.actor import Actor, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing, Visitor
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import AccountView
from yiwang.support.identity.definitions.duties import StandInView
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import queries as mandate_queries
from yiwang.support.mandates.definitions import Presence

_ADMINISTRATORS: Final = frozenset({Role.LOCAL_ADMIN, Role.SECURITY_ADMIN})
_DAY: Final = timedelta(days=1)
_LONG: Final = timedelta(hours=2)


def make_duties(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A post, somebody proposed for it, and a stand-in of two officials who are no visitors.

    Window clerks, whom no list of who may be sent to a visit names to their colleagues.
    """
    mark = owner.applicant[-6:]
    post = identity.define_post(
        name=f"权限检查岗{mark}", division_code=places.CHENGGUAN, department=department,
        roles=(Role.HANDLER,), actor=accounts.GRANTER, at=at,
    )  # fmt: skip
    away, taker = (
        _official(f"sweep-{side}-{mark}", (Role.WINDOW_CLERK,), department, at) for side in "ab"
    )
    grant = identity.grant_post(
        account=taker.key, post=post.key, valid_until=at + _DAY, actor=accounts.GRANTER, at=at
    )
    stand_in = _stand_in(away, taker, at, confirmed=False)
    seen = Thing("", "", places.CHENGGUAN, department, _ADMINISTRATORS)
    return {
        "post": _with(seen, post.key),
        "grant": _with(seen, grant),
        "stand_in": Thing(
            stand_in.key, taker.subject, places.CHENGGUAN, department, _ADMINISTRATORS
        ),
        "account": _with(seen, away.key),
    }


def _with(thing: Thing, key: str) -> Thing:
    return Thing(key, thing.owner, thing.division_code, thing.department, thing.readers)


def on_duty(owner: Actor, department: str, *, at: datetime) -> list[Visitor]:
    """Stand-ins, holders of posts and clerks with the owner before them: in force, and over."""
    away = _official("sweep-away", (Role.APPROVER,), department, at)
    taker = _official("sweep-taker", (), department, at)
    now, over = _stand_in(away, taker, at), _stand_in(away, taker, at)
    made = [_standing_in("代理审批人，有效", taker, now, at)]
    ended = _standing_in("代理审批人，已结束", taker, over, at)
    identity.end_stand_in(
        stand_in=over.key, actor=identity_queries.get_actor(away.key, at=at), at=at
    )
    gone = identity_queries.standing_in(
        identity_queries.get_actor(taker.key, at=at), over.key, at=at
    )
    made.append(Visitor(ended.name, gone, cookie=ended.cookie))
    return [*made, *_of_posts(department, at), *_at_windows(owner, department, at)]


def _of_posts(department: str, at: datetime) -> list[Visitor]:
    made = []
    for name, ends in (("承办岗，有效", False), ("承办岗，已停用", True)):
        account = _official(f"sweep-post-{ends:d}", (), department, at)
        accounts.appoint(
            account.key, f"权限检查{name}", (Role.HANDLER,), places.CHENGGUAN, department, at=at
        )
        actor = identity_queries.get_actor(account.key, at=at)
        if ends:
            identity.end_post(post=actor.grants[0].post, actor=accounts.GRANTER, at=at)
            actor = identity_queries.get_actor(account.key, at=at)
        cookie = accounts.session_token(account.subject, at=at + _LONG)
        made.append(Visitor(name, actor, cookie=cookie))
    return made


def _at_windows(owner: Actor, department: str, at: datetime) -> list[Visitor]:
    """As a session would act that held the window's mandate; the sign-in gives none (``choose_mandate``)."""
    made = []
    for name, ends in (("窗口当面代办，有效", False), ("窗口当面代办，已结束", True)):
        clerk = _official(f"sweep-window-{ends:d}", (Role.WINDOW_CLERK,), department, at)
        alone = identity_queries.get_actor(clerk.key, at=at)
        key = mandates.open_counter(
            person=owner.reference, consent=Presence.CARD_READ, actor=alone, at=at
        )
        cookie = accounts.session_token(
            clerk.subject, at=at + _LONG, on_behalf_of=owner.reference, mandate=key
        )
        if ends:
            mandates.close_counter(key=key, actor=alone, at=at)
        made.append(Visitor(name, mandate_queries.carry(alone, key, at=at), cookie=cookie))
    return made


def _official(
    user_name: str, roles: tuple[Role, ...], department: str, at: datetime
) -> AccountView:
    grants = tuple((role, places.CHENGGUAN, department) for role in roles)
    return accounts.open_official_account(user_name, at=at, department=department, grants=grants)


def _stand_in(
    away: AccountView, taker: AccountView, at: datetime, *, confirmed: bool = True
) -> StandInView:
    asked = identity.ask_stand_in(
        principal=away.key, taker=taker.key, reason="权限检查", valid_from=at,
        valid_until=at + _DAY, actor=identity_queries.get_actor(away.key, at=at), at=at,
    )  # fmt: skip
    if not confirmed:
        return asked
    return identity.confirm_stand_in(stand_in=asked.key, actor=accounts.CONFIRMER, at=at)


def _standing_in(name: str, taker: AccountView, view: StandInView, at: datetime) -> Visitor:
    cookie = accounts.session_token(
        taker.subject, at=at + _LONG, on_behalf_of=view.principal, stand_in=view.key
    )
    alone = identity_queries.get_actor(taker.key, at=at)
    return Visitor(name, identity_queries.standing_in(alone, view.key, at=at), cookie=cookie)
