"""The desk's own links: the lists of cases, and what else this official works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from yiwang.capability.cases.definitions import CaseStatus
from yiwang.kernel.actor import CASE_STAFF, Role

#: Who works here.
DESK_ROLES: Final = CASE_STAFF
#: Who decides about money that is paid every month.
PAYING_ROLES: Final = (Role.APPROVER,)
LISTS: Final = (
    (CaseStatus.WAITING_FOR_OFFICIAL, "等我办"),
    (CaseStatus.WAITING_FOR_APPLICANT, "等申请人"),
    (CaseStatus.DONE, "已办结"),
    (CaseStatus.ALL, "全部"),
)
REVIEWS: Final = "/desk/reviews/"
GRANTS: Final = "/desk/entitlements/"
MONTHS: Final = "/desk/entitlements/months/"


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the desk; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(request: HttpRequest, *, status: str = "") -> tuple[Link, ...]:
    """The lists of cases (``status`` is the one shown), then the further pages he may open."""
    found = [Link(f"/desk/?list={one}", label, one == status) for one, label in LISTS]
    found.append(Link(REVIEWS, "差评整改", request.path.startswith(REVIEWS)))
    if any(request.actor.has_role(role) for role in PAYING_ROLES):  # type: ignore[attr-defined]
        monthly = request.path.startswith(MONTHS)
        found.append(Link(GRANTS, "待遇", request.path.startswith(GRANTS) and not monthly))
        found.append(Link(MONTHS, "发放名册", monthly))
    return tuple(found)
