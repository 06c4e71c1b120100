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
#: Address, word, and who has the link; a new page is one line here.
PAGES: Final[tuple[tuple[str, str, Collection[Role]], ...]] = (
    (RESOURCES, "目录", DATA_ROLES),
    (WAITING, "待审核", ON_THE_WAY),
    (CHANGES, "目录变动", ON_THE_WAY),
    (ELEMENTS, "数据元", DATA_ROLES),
    (CODE_TABLES, "代码表", DATA_ROLES),
    (DEMAND, "需求清单", DATA_ROLES),
    (DUTY, "责任清单", DATA_ROLES),
    (NEGATIVE, "负面清单", DATA_ROLES),
    (CENSUS, "普查", DATA_ROLES),
    (CORRECTIONS, "纠错", KEEPERS),
    (IMPORT, "导入", WRITERS),
    (REQUESTS, "共享申请", REQUEST_ROLES),
    (GRANTS, "共享授权", GRANT_ROLES),
    (SUBSCRIPTIONS, "消息订阅", SUBSCRIBERS),
    (ENQUIRIES, "询问和异议", ANSWERERS),
    (FIGURES, "共享成效", REQUEST_ROLES),
    (SOURCES, "数据源", OFFICERS),
    (TABLES, "整表接收", OFFICERS),
    (MESSAGES, "消息", DATA_ROLES),
    (SERVICES, "对接服务", GRANT_ROLES),
    (SYSTEMS, "系统和密钥", SYSTEM_READERS),
)

__all__ = [
    "CHECKERS",
    "CONSENTERS",
    "DATA_ROLES",
    "KEEPERS",
    "ON_THE_WAY",
    "WRITERS",
    "Link",
    "links",
]


@dataclass(frozen=True, slots=True)
class Link:
    """One page; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(request: HttpRequest) -> tuple[Link, ...]:
    """The pages this official may open; the longest address that fits is here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    pages = [(href, label) for href, label, roles in PAGES if _any(actor, roles)]
    if upper.is_above() and _any(actor, UPPER_READERS):
        pages.append((UPPER, "上级平台"))
    if _any(actor, CASE_STAFF):
        pages.insert(0, ("/desk/", "办公"))
    fits = [href for href, _label in pages if request.path.startswith(href)]
    here = max(fits, key=len, default=RESOURCES)
    return tuple(Link(href, label, href == here) for href, label in pages)


def _any(actor: Actor, roles: Collection[Role]) -> bool:
    return any(actor.has_role(role) for role in roles)
