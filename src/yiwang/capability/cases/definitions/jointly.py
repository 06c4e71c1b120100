"""The parts of ``flow.yaml`` that bring others in: bodies that must approve too, and a visit on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks.definitions import Allowance

#: Question of the guide → the answers for which something holds.
When = Mapping[str, tuple[str, ...]]


class OnRefusal(StrEnum):
    """What a body's no means for the whole case."""

    ENDS = "ENDS"  # 一票否决: the case can only be rejected
    LEAD_DECIDES = "LEAD_DECIDES"  # the lead weighs it


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """One body that must approve beside the lead (行政许可法 26 II), with its own limit.

    ``roles``: who there may answer. ``materials``: what it is shown; None is all.
    """

    key: str
    department: str
    department_name: str
    title: str
    within: Allowance
    basis: str = ""
    local: bool = False
    on_refusal: OnRefusal = OnRefusal.ENDS
    when: When = field(default_factory=dict)
    roles: tuple[Role, ...] = (Role.APPROVER,)
    materials: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One line of a visit's checklist; ``article``: “食品安全法 第三十三条”."""

    key: str
    text: str
    article: str = ""


class CountedFrom(StrEnum):
    """From when the days of a visit run."""

    OFFICERS = "OFFICERS"  # the day two officers are named
    ACCEPTANCE = "ACCEPTANCE"  # the day the application was accepted (消防法 15)


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """A visit on the spot by two officers (行政许可法 34 III), inside the clock.

    ``within``: from ``counted_from``. ``may_skip_when``: answers for which an official may
    do without.
    """

    within: Allowance
    checklist: tuple[CheckPoint, ...]
    basis: str = ""
    local: bool = False
    when: When = field(default_factory=dict)
    may_skip_when: When | None = None
    counted_from: CountedFrom = CountedFrom.OFFICERS


def holds(when: When, answers: Mapping[str, object]) -> bool:
    """True unless an answered question of the guide excludes it: an open question excludes nothing."""
    return all(
        f"question:{key}" not in answers or answers[f"question:{key}"] in values
        for key, values in when.items()
    )
