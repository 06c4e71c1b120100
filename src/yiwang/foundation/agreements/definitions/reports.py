"""What the using department writes down about shared data it took: effect, storage, destruction.

Source: 政务数据共享条例 29 II (“政务数据需求部门应当对共享政务数据的使用场景、使用过程、应用成效、存储情况、销毁情况等
进行记录，有关记录保存期限不少于3年。政务数据共享主管部门和政务数据提供部门可以查阅政务数据需求部门有关记录。”) and 27 I
(“共享目的已实现、无法实现或者为实现共享目的不再必要的，应当按照政务数据提供部门的要求妥善处置”). Scene and course
of use are the request and the receipts of calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance

#: The kind of the clock that runs from a grant's end until its declaration.
DISPOSAL: Final = "disposal"
#: The regulation names no days for it (27, 29): ours, ``local: true``, 本地规定（示例） on the pages.
DISPOSAL_WITHIN: Final = Allowance(10, warn_days=3)
LONGEST_PLACE: Final = 200
MOST_COUNTED: Final = 1_000_000_000


class ReportKind(StrEnum):
    """Which of the things article 29 names."""

    EFFECT = "EFFECT"
    STORAGE = "STORAGE"
    DISPOSAL = "DISPOSAL"


class Disposal(StrEnum):
    """What became of the data when the sharing ended."""

    NONE_HELD = "NONE_HELD"  # looked up, never stored
    DESTROYED = "DESTROYED"
    KEPT = "KEPT"  # some of it, because a law says so


REPORT_LABELS: Final[Mapping[str, str]] = {
    ReportKind.EFFECT: "应用成效",
    ReportKind.STORAGE: "存储情况",
    ReportKind.DISPOSAL: "销毁情况",
}
DISPOSAL_LABELS: Final[Mapping[str, str]] = {
    Disposal.NONE_HELD: "没有留存",
    Disposal.DESTROYED: "已经销毁",
    Disposal.KEPT: "依法还留存一部分",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is written down; which fields count follows from the kind.

    Effect: ``since`` to ``until``, ``papers`` and ``visits`` saved, ``words``. Storage: ``place``,
    ``held`` records, ``words``. Destruction: ``disposal``; destroyed on ``day``, how in ``words``;
    or ``held`` records kept on the article ``basis``, what in ``words``, perhaps ``until`` a day.
    """

    words: str = ""
    since: date | None = None
    until: date | None = None
    papers: int | None = None
    visits: int | None = None
    held: int | None = None
    place: str = ""
    disposal: str = ""
    day: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """One record as both departments see it."""

    key: str
    at: datetime
    kind: str
    kind_label: str
    words: str
    since: date | None
    until: date | None
    papers: int | None
    visits: int | None
    held: int | None
    place: str
    disposal: str
    disposal_label: str
    day: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class Savings:
    """What using a grant saved, as the using department reported it, added up."""

    reports: int
    papers: int
    visits: int
