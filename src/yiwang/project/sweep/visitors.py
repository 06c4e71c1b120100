"""Every kind of visitor, made with the sample's own factories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, Role
from yiwang.network.directory import sample as places
from yiwang.project.sweep import acting, duties
from yiwang.project.sweep.definitions import NOBODY, Visitor
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import SCOPES

#: On a busy machine the sweep takes longer than a session may idle.
LONG_ENOUGH = timedelta(hours=2)
HERE, ELSEWHERE = places.CHENGGUAN, "620103000000"
_ON_PUBLIC_PAGES = ("本人", "其他人", "其他单位", "审批人，本部门本地")
_FIRST_SEED = 7_700_000


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one sweep."""

    owner: Actor
    firm: Actor
    visitors: tuple[Visitor, ...]
    department: str


def gather(*, at: datetime) -> Cast:
    """Two citizens with a firm each, officials of every role near and far, tokens, an ended session."""
    department, other_department = places.department_uscc(HERE, 1), places.department_uscc(HERE, 2)
    owner, firm = _citizen(1, at)
    stranger, other_firm = _citizen(2, at)
    visitors = [
        Visitor("未登录", NOBODY, also_on_public_pages=True),
        _with_session("本人", owner, at),
        _with_session("其他人", stranger, at),
        _with_session("本单位", firm, at),
        _with_session("其他单位", other_firm, at),
        *_officials(department, other_department, at),
        _with_token("本人的令牌，权限齐全", owner, sorted(SCOPES), at),
        _with_token("其他人的令牌，权限齐全", stranger, sorted(SCOPES), at),
        _with_token("本人的令牌，权限不对", owner, ["profile:read"], at),
        _ended("本人已退出的会话", owner, at),
        *acting.takers(owner, at=at),
        *duties.on_duty(owner, department, at=at),
        Visitor("编造的会话", NOBODY, cookie="x" * 43),
        Visitor("编造的令牌", NOBODY, bearer="yw_" + "x" * 43),
    ]
    return Cast(owner, firm, tuple(visitors), department)


def _citizen(number: int, at: datetime) -> tuple[Actor, Actor]:
    person = people.register_person(_FIRST_SEED + number, at=at)
    account = accounts.open_person_account(person.reference, at=at)
    firm = people.register_organization(
        _FIRST_SEED + number, at=at, legal_representative=person.reference
    )
    alone = identity_queries.get_actor(account.key, at=at)
    return alone, identity_queries.get_actor(account.key, at=at, on_behalf_of=firm.reference)


def _officials(department: str, other: str, at: datetime) -> list[Visitor]:
    rows: tuple[tuple[str, tuple[tuple[Role, str, str | None], ...]], ...] = (
        ("审批人，本部门本地", ((Role.APPROVER, HERE, department),)),
        ("审批人，其他地方", ((Role.APPROVER, ELSEWHERE, None),)),
        ("审批人，其他部门", ((Role.APPROVER, HERE, other),)),
        ("窗口人员，本部门本地", ((Role.WINDOW_CLERK, HERE, department),)),
        ("承办人，本部门本地", ((Role.HANDLER, HERE, department),)),
        ("审核人，本部门本地", ((Role.REVIEWER, HERE, department),)),
        ("单位负责人，本部门本地", ((Role.HEAD, HERE, department),)),
        ("承办人，其他部门", ((Role.HANDLER, HERE, other),)),
        ("领导，本地", ((Role.LEADER, HERE, None),)),
        ("本地管理员，本地", ((Role.LOCAL_ADMIN, HERE, None),)),
        ("事项管理员", ((Role.ITEM_ADMIN, HERE, department),)),
        ("运维", ((Role.OPERATOR, places.GANSU, None),)),
        ("审计管理员", ((Role.AUDITOR, places.GANSU, None),)),
        ("安全管理员", ((Role.SECURITY_ADMIN, places.GANSU, None),)),
        ("数据专员，本部门本地", ((Role.DATA_OFFICER, HERE, department),)),
        ("数据专员，其他部门", ((Role.DATA_OFFICER, HERE, other),)),
        ("数据共享主管部门，本地", ((Role.DATA_AUTHORITY, HERE, None),)),
        ("数据共享主管部门，其他地方", ((Role.DATA_AUTHORITY, ELSEWHERE, None),)),
        ("没有授权的工作人员", ()),
    )
    made = []
    for number, (name, grants) in enumerate(rows):
        account = accounts.open_official_account(
            f"sweep-{number}", at=at, department=department, grants=grants
        )
        made.append(_with_session(name, identity_queries.get_actor(account.key, at=at), at))
    return made


def _with_session(name: str, actor: Actor, at: datetime) -> Visitor:
    later = at + LONG_ENOUGH
    token = accounts.session_token(actor.reference, at=later, on_behalf_of=actor.on_behalf_of)
    return Visitor(name, actor, cookie=token, also_on_public_pages=name in _ON_PUBLIC_PAGES)


def _with_token(name: str, actor: Actor, scopes: Collection[str], at: datetime) -> Visitor:
    issued = identity.issue_token(
        name=name, scopes=scopes, expires_at=at + timedelta(days=1), actor=actor, at=at
    )
    known = identity_queries.find_token_actor(issued.token, at=at)
    if known is None:
        raise LookupError(name)
    return Visitor(name, known, bearer=issued.token)


def _ended(name: str, actor: Actor, at: datetime) -> Visitor:
    token = accounts.session_token(actor.reference, at=at)
    session = identity_queries.find_session(token, at=at)
    if session is None:
        raise LookupError(name)
    identity.sign_out(session_key=session.key, actor=session.actor, at=at)
    return Visitor(name, NOBODY, cookie=token)
