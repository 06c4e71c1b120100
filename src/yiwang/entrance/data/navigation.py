"""The links of the data pages, only of pages that exist, and who may follow them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from yiwang.foundation.agreements.definitions import GRANT_ROLES, REQUEST_ROLES
from yiwang.foundation.datasources.definitions import OFFICERS
from yiwang.foundation.exchange.definitions import SYSTEM_READERS
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS
from yiwang.foundation.resources.definitions.codes import (
    CHECKERS,
    CONSENTERS,
    KEEPERS,
    ON_THE_WAY,
    READERS,
    WRITERS,
)
from yiwang.foundation.upper import queries as upper
from yiwang.foundation.upper.definitions import READERS as UPPER_READERS
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.support.enquiries.definitions import ANSWERERS

#: Who may come in; each page says who may do what.
DATA_ROLES: Final = READERS
DATA: Final = "/data/"
RESOURCES: Final = f"{DATA}resources/"
VERSIONS: Final = f"{DATA}versions/"
WAITING: Final = f"{DATA}waiting/"
CHANGES: Final = f"{DATA}changes/"
DEMAND: Final = f"{DATA}demand/"
DUTY: Final = f"{DATA}duty/"
NEGATIVE: Final = f"{DATA}negative/"
CENSUS: Final = f"{DATA}census/"
ELEMENTS: Final = f"{DATA}elements/"
CODE_TABLES: Final = f"{DATA}code-tables/"
STANDARDS: Final = f"{DATA}standards/"
CORRECTIONS: Final = f"{DATA}corrections/"
SOURCES: Final = f"{DATA}sources/"
SERVICES: Final = f"{DATA}services/"
TABLES: Final = f"{DATA}tables/"
SYSTEMS: Final = f"{DATA}systems/"
UPPER: Final = f"{DATA}upper/"
IMPORT: Final = f"{DATA}import/"
REQUESTS: Final = f"{DATA}requests/"
GRANTS: Final = f"{DATA}grants/"
SUBSCRIPTIONS: Final = f"{DATA}subscriptions/"
ENQUIRIES: Final = f"{DATA}enquiries/"
MESSAGES: Final = "/desk/messages/"
FIGURES: Final = f"{DATA}figures/"
#: What people come for, and there: address, word, who has the link; a new page is one line here.
GROUPS: Final[tuple[tuple[str, tuple[tuple[str, str, Collection[Role]], ...]], ...]] = (
    (
        "目录",
        (
            (RESOURCES, "数据资源", DATA_ROLES),
            (WAITING, "待审核", ON_THE_WAY),
            (CHANGES, "目录变动", ON_THE_WAY),
            (IMPORT, "导入", WRITERS),
            (ELEMENTS, "数据元", DATA_ROLES),
            (CODE_TABLES, "代码表", DATA_ROLES),
            (STANDARDS, "标准的提出和发布", DATA_ROLES),
        ),
    ),
    (
        "清单和普查",
        (
            (DEMAND, "需求清单", DATA_ROLES),
            (DUTY, "责任清单", DATA_ROLES),
            (NEGATIVE, "负面清单", DATA_ROLES),
            (CENSUS, "普查", DATA_ROLES),
        ),
    ),
    (
        "申请和授权",
        (
            (REQUESTS, "共享申请", REQUEST_ROLES),
            (GRANTS, "共享授权", GRANT_ROLES),
            (FIGURES, "共享成效", REQUEST_ROLES),
            (UPPER, "上级平台", UPPER_READERS),
        ),
    ),
    (
        "对接和取数",
        (
            (SERVICES, "对接服务", GRANT_ROLES),
            (SYSTEMS, "系统和密钥", SYSTEM_READERS),
            (SUBSCRIPTIONS, "消息订阅", SUBSCRIBERS),
            (TABLES, "整表接收", OFFICERS),
            (SOURCES, "数据源", OFFICERS),
        ),
    ),
    (
        "纠错和询问",
        ((CORRECTIONS, "数据纠错", KEEPERS), (ENQUIRIES, "询问和异议", ANSWERERS)),
    ),
    ("消息", ((MESSAGES, "消息", DATA_ROLES),)),
)

__all__ = [
    "CHECKERS",
    "CONSENTERS",
    "DATA_ROLES",
    "KEEPERS",
    "ON_THE_WAY",
    "WRITERS",
    "Group",
    "Link",
    "links",
]


@dataclass(frozen=True, slots=True)
class Link:
    """One page; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Pages for one purpose; it leads to the first of them. ``here``: one of them is shown."""

    label: str
    pages: tuple[Link, ...]
    here: bool

    @property
    def href(self) -> str:
        return self.pages[0].href


def links(request: HttpRequest) -> tuple[Group, ...]:
    """The pages this official may open, by what people come for; the longest address that fits is here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    groups = [
        (label, [(href, word) for href, word, roles in pages if _open(actor, href, roles)])
        for label, pages in GROUPS
    ]
    if _any(actor, CASE_STAFF):
        groups.insert(0, ("办公", [("/desk/", "办公")]))
    fits = [
        href for _label, pages in groups for href, _word in pages if request.path.startswith(href)
    ]
    here = max(fits, key=len, default=RESOURCES)
    return tuple(
        Group(
            label,
            tuple(Link(href, word, href == here) for href, word in pages),
            here in [href for href, _word in pages],
        )
        for label, pages in groups
        if pages
    )


def _open(actor: Actor, href: str, roles: Collection[Role]) -> bool:
    return _any(actor, roles) and (href != UPPER or upper.is_above())


def _any(actor: Actor, roles: Collection[Role]) -> bool:
    return any(actor.has_role(role) for role in roles)
