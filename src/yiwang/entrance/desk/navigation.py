"""The desk's own links: the lists of cases, and what else this official works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from yiwang.capability.cases.definitions import CaseStatus
from yiwang.capability.entitlements import queries as entitlements
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.kernel.moments import legal_date, now

#: Who works here.
DESK_ROLES: Final = CASE_STAFF
#: Who may open a new way in for a citizen who lost every one.
RECOVERY_ROLES: Final = (Role.WINDOW_CLERK, Role.HEAD)
#: Who decides about money that is paid every month.
PAYING_ROLES: Final = (Role.APPROVER,)
#: Who answers for the body whether a breach is repaired.
REPAIRING_ROLES: Final = (Role.APPROVER, Role.HEAD)
LISTS: Final = (
    (CaseStatus.WAITING_FOR_OFFICIAL, "等我办"),
    (CaseStatus.WAITING_FOR_APPLICANT, "等申请人"),
    (CaseStatus.DONE, "已办结"),
    (CaseStatus.ALL, "全部"),
)
BRANCHES: Final = "/desk/branches/"
VISITS: Final = "/desk/visits/"
TALKS: Final = "/desk/talks/"
REVIEWS: Final = "/desk/reviews/"
GRANTS: Final = "/desk/entitlements/"
MONTHS: Final = "/desk/entitlements/months/"
COMMITMENTS: Final = "/desk/commitments/"
BREACHES: Final = "/desk/breaches/"
#: The list of announced stops whose days to object are over.
TO_STOP: Final = "TO_STOP"


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the desk; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(request: HttpRequest, *, status: str = "") -> tuple[Link, ...]:
    """The lists of cases (``status`` is the one shown), then the further pages he may open."""
    found = [Link(f"/desk/?list={one}", label, one == status) for one, label in LISTS]
    found += [
        Link(address, label, request.path.startswith(address))
        for address, label in ((BRANCHES, "并联"), (VISITS, "核查"), (TALKS, "留言"))
    ]
    found.append(Link(COMMITMENTS, "承诺核查", request.path.startswith(COMMITMENTS)))
    found.append(Link(BREACHES, "信用修复", request.path.startswith(BREACHES)))
    found.append(Link(REVIEWS, "差评整改", request.path.startswith(REVIEWS)))
    if any(request.actor.has_role(role) for role in RECOVERY_ROLES):  # type: ignore[attr-defined]
        found.append(Link("/console/recovery/", "找回账号", False))
    if any(request.actor.has_role(role) for role in PAYING_ROLES):  # type: ignore[attr-defined]
        monthly = request.path.startswith(MONTHS)
        stops = _stops_to_confirm(request)
        elsewhere = monthly or any(link.here for link in stops)
        found.append(Link(GRANTS, "待遇", request.path.startswith(GRANTS) and not elsewhere))
        found.append(Link(MONTHS, "发放名册", monthly))
        found.extend(stops)
    return tuple(found)


def _stops_to_confirm(request: HttpRequest) -> tuple[Link, ...]:
    """Shown only when something waits: nothing stops before an official confirms it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    waiting = entitlements.count_stoppable(actor, on=legal_date(now()))
    here = request.path == GRANTS and request.GET.get("state") == TO_STOP
    words = f"等确认停发 {'99+' if waiting > 99 else waiting}"
    return (Link(f"{GRANTS}?state={TO_STOP}", words, here),) if waiting else ()
