"""Who is behind a session or a token: one question to the database, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.places import lineage
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.statements import prepared
from yiwang.support.identity import rules
from yiwang.support.identity.definitions import (
    IDLE,
    LONGEST_SESSION,
    ROLE_LABELS,
    AccountKind,
    AccountView,
    Colleague,
    GrantView,
    Method,
    Session,
    StandingGrant,
    TokenView,
)
from yiwang.support.identity.definitions.duties import STOOD_IN
from yiwang.support.identity.definitions.sso import SILENCE
from yiwang.support.identity.models import Account, ApiToken, RoleGrant
from yiwang.support.identity.queries.posts import get_post, giving, list_posts
from yiwang.support.identity.queries.security import (
    count_other_sessions,
    count_spare_codes,
    find_email_check,
    find_step_up,
    get_face_check,
    has_second_factor,
    has_totp,
    insist_on_assurance,
    list_hall_networks,
    list_passkeys,
    list_proofs,
    list_recoveries,
    list_sessions,
)
from yiwang.support.identity.queries.sso import (
    find_host,
    get_asking,
    get_host,
    has_consented,
    list_consents,
)
from yiwang.support.identity.queries.staff import (
    get_stand_in,
    insist_on_staff,
    list_bodies,
    list_staff,
    list_stand_ins,
    list_stand_ins_of_staff,
    places_of,
    whole_place_of,
)
from yiwang.support.mandates import queries as mandates

__all__ = [
    "client_address",
    "count_other_sessions",
    "count_spare_codes",
    "find_account",
    "find_account_by_user_name",
    "find_email_check",
    "find_host",
    "find_session",
    "find_step_up",
    "find_token_actor",
    "get_account",
    "get_account_by_user_name",
    "get_actor",
    "get_asking",
    "get_face_check",
    "get_grant",
    "get_host",
    "get_post",
    "get_stand_in",
    "has_consented",
    "has_second_factor",
    "has_totp",
    "insist_on_assurance",
    "insist_on_staff",
    "label_of",
    "list_bodies",
    "list_consents",
    "list_grants",
    "list_hall_networks",
    "list_names",
    "list_passkeys",
    "list_posts",
    "list_proofs",
    "list_recoveries",
    "list_sessions",
    "list_staff",
    "list_stand_ins",
    "list_stand_ins_of_staff",
    "list_standing_grants",
    "list_standing_grants_of",
    "list_standing_grants_of_post",
    "list_tokens",
    "places_of",
    "standing_in",
    "token_digest",
    "whole_place_of",
]

_GRANTS = """
    (select coalesce(json_agg(json_build_array(r.role, g.division_code, g.department,
                     coalesce(p.key, ''), coalesce(p.name, ''))), '[]')
       from identity_rolegrant g left join identity_post p on p.key = g.post_id
            cross join lateral unnest(coalesce(p.roles, array[g.role])) as r(role)
      where p.ended_at is null and g.account_id = a.key and g.confirmed_by is not null and g.revoked_at is null
        and g.valid_from <= %(at)s and g.valid_until > %(at)s)
"""
_WHO = f"a.kind, a.subject, a.display_name, a.assurance_level, a.person, {_GRANTS}"
_BY_SESSION = f"""
    select s.key, s.on_behalf_of, s.mandate, s.stand_in, s.seen_at, s.method, s.raised_to, s.raised_until, s.vouched_level,
           case s.method when 'HOST' then coalesce(s.vouched_at, s.created_at) end, {_WHO}
      from identity_signin s join identity_account a on a.key = s.account_id
     where s.token_digest = %(digest)s and s.ended_at is null
       and a.active and s.epoch = a.epoch and s.created_at > %(born_after)s
       and (s.method <> 'HOST' or coalesce(s.vouched_at, s.created_at) > %(vouched_after)s)
       and s.seen_at > case a.kind when 'OFFICIAL' then %(official)s else %(person)s end
"""  # noqa: S608 # nosec B608 fixed text only
_BY_TOKEN = f"""
    select t.on_behalf_of, t.mandate, t.scopes, {_WHO}
      from identity_apitoken t join identity_account a on a.key = t.account_id
     where t.token_digest = %(digest)s and t.revoked_at is null and t.expires_at > %(at)s
       and a.active and t.epoch = a.epoch
"""  # noqa: S608 # nosec B608 fixed text only
_BY_ACCOUNT = f"select {_WHO} from identity_account a where a.key = %(key)s and a.active"  # noqa: S608 # nosec B608


def token_digest(token: str) -> str:
    """How a secret of 256 random bits is kept: a plain digest is enough, guessing it is hopeless."""
    return hashlib.sha256(token.encode()).hexdigest()


def _actor(
    who: tuple[str, str, str, int, str | None, list[tuple[str, str, str | None, str, str]]],
    *,
    on_behalf_of: str | None = None,
    scopes: frozenset[str] | None = None,
    request_id: str = "",
) -> Actor:
    kind, subject, display_name, level, person, grants = who
    return Actor(
        kind=ActorKind(kind),
        reference=subject,
        display_name=display_name,
        on_behalf_of=on_behalf_of,
        grants=tuple(Grant(Role(one[0]), *one[1:]) for one in grants),
        assurance_level=level,
        scopes=scopes,
        request_id=request_id,
        person=person or "",
    )


def find_session(token: str, *, at: datetime, request_id: str = "") -> Session | None:
    """The living session behind a cookie; None when it ended, idled out or the account changed."""
    parameters: dict[str, str | datetime] = {
        "digest": token_digest(token),
        "at": at,
        "born_after": at - LONGEST_SESSION,
        "vouched_after": at - SILENCE,
        "official": at - IDLE[AccountKind.OFFICIAL],
        "person": at - IDLE[AccountKind.PERSON],
    }
    found = prepared.run(_BY_SESSION, parameters)
    if not found:
        return None
    [row] = found
    key, on_behalf_of, mandate, stand_in, seen_at, method, *raised, who = *row[:10], row[10:]
    raised_to, raised_until, vouched, vouched_at = raised
    actor = _actor(tuple(who), on_behalf_of=on_behalf_of, request_id=request_id)
    level = rules.session_level(
        proofed=actor.assurance_level,
        method=Method(method),
        raised_to=raised_to,
        raised_until=raised_until,
        vouched=vouched,
        at=at,
    )
    actor = replace(actor, assurance_level=level)
    if mandate:
        actor = mandates.carry(actor, mandate, at=at)
    if stand_in:
        actor = standing_in(actor, stand_in, at=at)
    return Session(key=key, actor=actor, seen_at=seen_at, vouched_at=vouched_at)


def find_token_actor(token: str, *, at: datetime, request_id: str = "") -> Actor | None:
    """The actor behind an API token with its scopes; None when it expired or was revoked.

    A program proves nobody: its level is never more than a password's.
    """
    found = prepared.run(_BY_TOKEN, {"digest": token_digest(token), "at": at})
    if not found:
        return None
    [row] = found
    on_behalf_of, mandate, scopes, *who = row
    actor = _actor(
        tuple(who), on_behalf_of=on_behalf_of, scopes=frozenset(scopes), request_id=request_id
    )
    level = rules.session_level(proofed=actor.assurance_level, method=Method.PASSWORD, at=at)
    actor = replace(actor, assurance_level=level)
    return mandates.carry(actor, mandate, at=at) if mandate else actor


def get_actor(account: str, *, at: datetime, on_behalf_of: str | None = None) -> Actor:
    """The actor an account's key stands for right now; NotFound when disabled or unknown."""
    found = prepared.run(_BY_ACCOUNT, {"key": account, "at": at})
    if not found:
        raise NotFound("没有这个账号，或者账号已停用。", "请联系管理员。")
    [row] = found
    return _actor(row, on_behalf_of=on_behalf_of)


def standing_in(actor: Actor, stand_in: str, *, at: datetime) -> Actor:
    """The same official doing a colleague's work on cases, with the colleague's grants (those of one
    post, where only it was named) and no other; with none at all once it is over."""
    view = get_stand_in(stand_in)
    what = f"，{view.post_name}" if view.post else ""
    name = f"{actor.display_name}（代{view.principal_name}{what}）"
    grants: tuple[Grant, ...] = ()
    principal = find_account(view.principal)
    if view.taker == actor.reference and view.counts(at) and principal and principal.active:
        held = get_actor(principal.key, at=at).grants
        grants = tuple(g for g in held if g.role in STOOD_IN and view.post in ("", g.post))
    return replace(actor, display_name=name, on_behalf_of=view.principal, grants=grants)


def _view(row: Account) -> AccountView:
    return AccountView(
        key=row.key,
        kind=AccountKind(row.kind),
        subject=row.subject,
        display_name=row.display_name,
        user_name=row.user_name,
        assurance_level=row.assurance_level,
        active=row.active,
        has_second_factor=has_second_factor(row),
        department=row.department,
    )


def find_account(subject: str) -> AccountView | None:
    """The account of a person or official, by reference."""
    row = Account.objects.filter(subject=subject).first()
    return _view(row) if row else None


def get_account(key: str) -> AccountView:
    """One account by key; NotFound when there is none."""
    row = Account.objects.filter(key=key).first()
    if row is None:
        raise NotFound("没有这个账号。", "请核对后再试。")
    return _view(row)


def find_account_by_user_name(user_name: str, kind: AccountKind) -> AccountView | None:
    """The account with this user name."""
    row = Account.objects.filter(user_name=user_name, kind=kind).first()
    return _view(row) if row else None


def get_account_by_user_name(user_name: str, kind: AccountKind) -> AccountView:
    """The account with this user name; NotFound when there is none."""
    found = find_account_by_user_name(user_name, kind)
    if found is None:
        raise NotFound("没有这个账号。", "请核对用户名。")
    return found


def client_address(*, remote: str, forwarded: str) -> str:
    """Where a request came from, by the configured number of our own proxies."""
    return rules.client_address(remote, forwarded, settings.TRUSTED_PROXIES)


def list_names(references: Iterable[str]) -> dict[str, str]:
    """Display names (masked for persons) of those who have accounts, by reference."""
    rows = Account.objects.filter(subject__in=set(references))
    return dict(rows.values_list("subject", "display_name"))


def list_colleagues(
    *, division_code: str, department: str, roles: Collection[Role], at: datetime
) -> tuple[Colleague, ...]:
    """The officials of one body with one of these roles where a matter lies, by name; 200 at most."""
    counting = RoleGrant.objects.filter(
        Q(department=None) | Q(department=department),
        giving(roles),
        division_code__in=lineage(division_code),
        confirmed_by__isnull=False,
        revoked_at=None,
        valid_from__lte=at,
        valid_until__gt=at,
    )
    rows = Account.objects.filter(
        kind=AccountKind.OFFICIAL,
        active=True,
        department=department,
        key__in=counting.values("account_id"),
    )
    found = rows.order_by("display_name", "key").values_list("subject", "display_name", "person")
    return tuple(Colleague(who, name, person or "") for who, name, person in found[:200])


def list_watch(*, roles: Collection[Role], at: datetime) -> tuple[Colleague, ...]:
    """Everybody who has one of these roles in this installation, wherever: who looks after it; 200 at most."""
    counting = RoleGrant.objects.filter(
        giving(roles),
        confirmed_by__isnull=False,
        revoked_at=None,
        valid_from__lte=at,
        valid_until__gt=at,
    )
    rows = Account.objects.filter(
        kind=AccountKind.OFFICIAL, active=True, key__in=counting.values("account_id")
    )
    found = rows.order_by("display_name", "key").values_list("subject", "display_name", "person")
    return tuple(Colleague(who, name, person or "") for who, name, person in found[:200])


def list_leaders(
    *, division_code: str, at: datetime, role: Role = Role.LEADER
) -> tuple[Colleague, ...]:
    """The leaders of exactly one place, over all of its bodies (or who else is over them); 200 at most."""
    counting = RoleGrant.objects.filter(
        giving((role,)),
        department=None,
        division_code=division_code,
        confirmed_by__isnull=False,
        revoked_at=None,
        valid_from__lte=at,
        valid_until__gt=at,
    )
    rows = Account.objects.filter(
        kind=AccountKind.OFFICIAL, active=True, key__in=counting.values("account_id")
    )
    found = rows.order_by("display_name", "key").values_list("subject", "display_name", "person")
    return tuple(Colleague(who, name, person or "") for who, name, person in found[:200])


def list_grants(account: str) -> tuple[GrantView, ...]:
    """Everything ever granted to an account, newest first."""
    rows = RoleGrant.objects.filter(account=account).order_by("-valid_from", "key")
    rows = rows.select_related("post")
    return tuple(_grant(row) for row in rows[:200])


def _grant(row: RoleGrant) -> GrantView:
    return GrantView(
        key=row.key,
        account=row.account_id,
        roles=row.roles,
        division_code=row.division_code,
        department=row.department,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        granted_by=row.granted_by,
        confirmed_by=row.confirmed_by,
        revoked_at=row.revoked_at,
        post=row.post_id or "",
        post_name=row.post.name if row.post else "",
    )


def _standing(row: RoleGrant, *, settles: bool = True) -> StandingGrant:
    return StandingGrant(
        grant=_grant(row),
        subject=row.account.subject,
        display_name=row.account.display_name,
        user_name=row.account.user_name,
        role_label=rules.label_of(row.roles, row.post.name if row.post else ""),
        position=f"{row.valid_until.isoformat()}|{row.key}",
        settles=settles,
    )


def list_standing_grants(
    *,
    at: datetime,
    waiting: bool = False,
    after: str = "",
    limit: int = 50,
    within: Collection[Grant] | None = None,
) -> tuple[StandingGrant, ...]:
    """Every role that counts now, or (``waiting``) waits for its second person; the first to end first.

    For security administrators: the caller has checked the role. ``after``: a row's ``position``;
    ``within``: only those a local administrator with these grants may settle.
    """
    rows = RoleGrant.objects.filter(
        revoked_at__isnull=True, confirmed_by__isnull=waiting, valid_until__gt=at
    )
    moment, _bar, key = after.partition("|")
    try:
        last = datetime.fromisoformat(moment) if key else None
    except ValueError:
        last = None
    if last is not None and last.tzinfo is not None:
        rows = rows.filter(Q(valid_until__gt=last) | Q(valid_until=last, key__gt=key[:16]))
    rows = rows.select_related("account", "post").order_by("valid_until", "key")
    rows = rows[: min(limit, 200)]
    return tuple(_standing(row) for row in rows if within is None or _settles(within, row))


def _settles(held: Collection[Grant], row: RoleGrant) -> bool:
    return all(
        rules.may_grant(held, role=role, division_code=row.division_code, department=row.department)
        for role in row.roles
    )


def list_standing_grants_of(
    account: str, *, at: datetime, held: Collection[Grant] | None = None
) -> tuple[StandingGrant, ...]:
    """What one official holds or waits for; the caller has checked whose official it is.

    ``held``: the grants of who looks; ``settles`` says which of these he may end.
    """
    rows = RoleGrant.objects.filter(account=account, revoked_at=None, valid_until__gt=at)
    rows = rows.select_related("account", "post").order_by("valid_until")
    return tuple(_standing(row, settles=held is None or _settles(held, row)) for row in rows)


def list_standing_grants_of_post(post: str, *, at: datetime) -> tuple[StandingGrant, ...]:
    """Who holds a post or waits for it; the caller has checked whose post it is."""
    rows = RoleGrant.objects.filter(post=post, revoked_at=None, valid_until__gt=at)
    rows = rows.select_related("account", "post").order_by("account__display_name", "key")
    return tuple(_standing(row) for row in rows[:200])


def label_of(role: Role) -> str:
    """A role in words."""
    return ROLE_LABELS[role]


def get_grant(key: str) -> StandingGrant:
    """One grant with the official who has it, ended ones too; NotFound when there is none."""
    row = RoleGrant.objects.select_related("account", "post").filter(key=key).first()
    if row is None:
        raise NotFound
    return _standing(row)


def list_tokens(account: str) -> tuple[TokenView, ...]:
    """The API tokens of an account, newest first; never their secrets."""
    return tuple(
        TokenView(
            key=row.key,
            name=row.name,
            scopes=frozenset(row.scopes),
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in ApiToken.objects.filter(account=account).order_by("-created_at")[:200]
    )
