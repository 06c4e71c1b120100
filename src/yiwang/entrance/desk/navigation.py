"""The desk's own links: the lists of cases, and what else this official works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest

from yiwang.capability.archives.definitions import KEEPERS
from yiwang.capability.branches import queries as branches
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseStatus
from yiwang.capability.cases.definitions.work import COUNTED_UP_TO, WorkList
from yiwang.capability.entitlements import queries as entitlements
from yiwang.entrance.desk.lists import LABELS
from yiwang.governance.supervision import queries as supervision
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.kernel.moments import legal_date, now
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import NOTHING, Count

#: Who works here.
DESK_ROLES: Final = CASE_STAFF
#: Who may open a new way in for a citizen who lost every one.
RECOVERY_ROLES: Final = (Role.WINDOW_CLERK, Role.HEAD)
#: Who decides about money that is paid every month.
PAYING_ROLES: Final = (Role.APPROVER,)
#: Who answers for the body whether a breach is repaired.
REPAIRING_ROLES: Final = (Role.APPROVER, Role.HEAD)
BRANCHES: Final = "/desk/branches/"
VISITS: Final = "/desk/visits/"
TALKS: Final = "/desk/talks/"
LEADER: Final = "/leader/"
CARDS: Final = "/desk/cards/"
MESSAGES: Final = "/desk/messages/"
REVIEWS: Final = "/desk/reviews/"
GRANTS: Final = "/desk/entitlements/"
MONTHS: Final = "/desk/entitlements/months/"
COMMITMENTS: Final = "/desk/commitments/"
BREACHES: Final = "/desk/breaches/"
REGISTERS: Final = "/desk/registers/"
SHELF: Final = "/desk/shelf/"
ORIGINALS: Final = "/desk/originals/"
BAGS: Final = "/desk/bags/"
ARCHIVES: Final = "/desk/archives/"
MANDATES: Final = "/desk/mandates/"
#: The list of announced stops whose days to object are over.
TO_STOP: Final = "TO_STOP"


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the desk; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of the desk: the lists with their counts, then the further pages behind “更多”."""

    lists: tuple[Link, ...]
    more: tuple[Link, ...]
    counts: Mapping[WorkList, int]

    @property
    def open_page(self) -> str:
        """The further page shown, for the word “更多” to say where one is."""
        return next((link.label for link in self.more if link.here), "")

    def counted(self, which: WorkList) -> str:
        """How many a list has, in words."""
        return shown(self.counts[which])


def shown(count: int) -> str:
    """“12”; “999+” where counting stopped."""
    return f"{COUNTED_UP_TO - 1}+" if count >= COUNTED_UP_TO else str(count)


def links(request: HttpRequest) -> Bar:
    """The bar on a page that is no list; a leader's or a data officer's own where he handles no cases."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if any(actor.has_role(role) for role in DESK_ROLES):
        return bar_of(request, here="")
    pages = [(LEADER, "总览"), (f"{LEADER}cases/", "清单"), (CARDS, "黄红牌"), (MESSAGES, "消息")]
    if not actor.has_role(Role.LEADER):  # who works with data alone
        pages = [("/data/", "数据"), (MESSAGES, "消息")]
    return Bar(
        tuple(Link(address, label, request.path.startswith(address)) for address, label in pages),
        (),
        {},
    )


def bar_of(request: HttpRequest, *, here: str) -> Bar:
    """The lists of cases (``here`` is the one shown), then the further pages he may open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = now()
    asked, carded, stops, *work = counting.count(
        (
            branches.waiting_count(actor),
            supervision.open_count(actor),
            _stops(actor, legal_date(at)),
            *case_queries.work_counts(actor, at=at),
        )
    )
    counts = dict(zip(WorkList, work, strict=True))
    found = [
        Link(f"/desk/?list={one}", f"{LABELS[one]} {shown(count)}", one == here)
        for one, count in counts.items()
    ]
    found.insert(4, Link(BRANCHES, f"联办 {shown(asked)}", request.path.startswith(BRANCHES)))
    found.append(Link(CARDS, f"黄红牌 {shown(carded)}", request.path.startswith(CARDS)))
    whole = (CaseStatus.DONE, CaseStatus.ALL)
    found += [Link(f"/desk/?list={one}", LABELS[one], one == here) for one in whole]
    found += _stops_to_confirm(request, stops)
    return Bar(tuple(found), _more(request, actor), counts)


def _more(request: HttpRequest, actor: Actor) -> tuple[Link, ...]:
    pages = [
        (VISITS, "核查"),
        (TALKS, "留言"),
        (COMMITMENTS, "承诺核查"),
        (BREACHES, "信用修复"),
        (SHELF, "结果架"),
        (ORIGINALS, "原件"),
        (BAGS, "交换袋"),
        (REGISTERS, "台账"),
        (REVIEWS, "差评整改"),
        (MESSAGES, "消息"),
        ("/desk/phrases/", "短语"),
    ]
    if any(actor.has_role(role) for role in KEEPERS):
        pages.append((ARCHIVES, "电子档案"))
    if actor.has_role(Role.WINDOW_CLERK):
        pages += [("/hall/", "窗口受理"), (MANDATES, "书面授权")]
    if actor.has_role(Role.HEAD) or actor.has_role(Role.LEADER):
        pages.append((LEADER, "监管"))
    if any(actor.has_role(role) for role in RECOVERY_ROLES):
        pages.append(("/console/recovery/", "找回账号"))
    if any(actor.has_role(role) for role in PAYING_ROLES):
        pages += [(GRANTS, "待遇"), (MONTHS, "发放名册")]
    stops = request.path == GRANTS and request.GET.get("state") == TO_STOP
    here = (
        ""
        if stops
        else max(
            (address for address, _ in pages if request.path.startswith(address)),
            key=len,
            default="",
        )
    )
    return tuple(Link(address, label, address == here) for address, label in pages)


def _stops(actor: Actor, today: date) -> Count:
    pays = any(actor.has_role(role) for role in PAYING_ROLES)
    return entitlements.stoppable_count(actor, on=today) if pays else NOTHING


def _stops_to_confirm(request: HttpRequest, waiting: int) -> tuple[Link, ...]:
    """Shown only when something waits: nothing stops before an official confirms it."""
    here = request.path == GRANTS and request.GET.get("state") == TO_STOP
    words = f"等确认停发 {'99+' if waiting > 99 else waiting}"
    return (Link(f"{GRANTS}?state={TO_STOP}", words, here),) if waiting else ()
