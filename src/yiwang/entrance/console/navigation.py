"""The console's own links, only of pages that exist, and who may follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from yiwang.foundation.upper import queries as upper
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.support.identity.definitions.factors import RECOVERY_ROLES as WHO_RECOVERS

CONSOLE_ROLES: Final = (Role.OPERATOR,)
RIGHTS_ROLES: Final = (Role.SECURITY_ADMIN,)
RECOVERY_ROLES: Final = tuple({role: None for roles in WHO_RECOVERS.values() for role in roles})
PAGES: Final = (
    ("/console/", "健康"),
    ("/console/jobs/", "任务"),
    ("/console/journal/", "日志"),
    ("/console/calendar/", "日历"),
    ("/console/nodes/", "节点"),
    ("/console/exchange/", "交换"),
)
NODES: Final = "/console/nodes/"
UPPER: Final = "/console/upper/"
RIGHTS: Final = "/console/rights/"
SEALS: Final = "/console/seals/"
HALLS: Final = "/console/halls/"
RECOVERY: Final = "/console/recovery/"
LOCAL: Final = "/console/local/"
LOCAL_ROLES: Final = (Role.LOCAL_ADMIN,)
POSTS: Final = "/console/posts/"
POST_ROLES: Final = (*RIGHTS_ROLES, *LOCAL_ROLES)


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the console; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(request: HttpRequest) -> tuple[Link, ...]:
    """The pages of the console this official may open; the longest address that fits is here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    pages: tuple[tuple[str, str], ...] = (
        PAGES if any(actor.has_role(role) for role in CONSOLE_ROLES) else ()
    )
    if any(actor.has_role(role) for role in RIGHTS_ROLES):
        pages = (
            *pages,
            (RIGHTS, "授权"),
            (POSTS, "岗位"),
            (HALLS, "大厅网络"),
            (SEALS, "用印许可"),
        )
    if any(actor.has_role(role) for role in RECOVERY_ROLES):
        pages = (*pages, (RECOVERY, "找回账号"))
    if any(actor.has_role(role) for role in LOCAL_ROLES):
        pages = (
            *pages,
            (LOCAL, "工作人员"),
            (POSTS, "岗位"),
            (f"{LOCAL}place/", "大厅和外观"),
            (f"{LOCAL}items/", "事项开关"),
        )
    if upper.is_above() and any(actor.has_role(role) for role in CONSOLE_ROLES):
        pages = (*pages, (UPPER, "上级平台"))
    pages = tuple(dict.fromkeys(pages))  # who is both has a page once
    if any(actor.has_role(role) for role in CASE_STAFF):
        pages = (("/desk/", "办公"), *pages)
    fits = [href for href, _label in pages if request.path.startswith(href)]
    here = max(fits, key=len, default="")
    return tuple(Link(href, label, href == here) for href, label in pages)


def key_in(text: str) -> int:
    """The row a list begins after; 0, the beginning, for anything that is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
