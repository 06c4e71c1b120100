"""States, tables and plain values of archive packages, their lists, and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: Who looks after archives in a body: no role of its own, see docs/decisions/0212.
KEEPERS: Final = (Role.HANDLER, Role.HEAD)
#: Who confirms what a keeper proposed, and says that something may not be destroyed.
CONFIRMERS: Final = (Role.HEAD,)
_STAFF: Final = (Party.OFFICIAL,)
_CLOCK: Final = (Party.MACHINE,)
_BOTH: Final = (Party.OFFICIAL, Party.MACHINE)


class PackageState(StrEnum):
    DUE = "DUE"
    FAILED = "FAILED"
    SET_ASIDE = "SET_ASIDE"
    ARCHIVED = "ARCHIVED"
    OFFERED = "OFFERED"
    HANDED_OVER = "HANDED_OVER"
    CONDEMNED = "CONDEMNED"
    DESTROYED = "DESTROYED"


PACKAGE_LABELS: Final[Mapping[str, str]] = {
    PackageState.DUE: "待归档",
    PackageState.FAILED: "检测不合格，没有归档",
    PackageState.SET_ASIDE: "办件重新办理，暂不归档",
    PackageState.ARCHIVED: "已归档",
    PackageState.OFFERED: "正在移交",
    PackageState.HANDED_OVER: "已移交档案馆",
    PackageState.CONDEMNED: "待销毁，等第二人确认",
    PackageState.DESTROYED: "已销毁",
}
#: A case has one package at a time that is not finished.
UNFINISHED: Final = (PackageState.DUE, PackageState.FAILED, PackageState.SET_ASIDE)
#: States in which the package lies here and opens.
KEPT: Final = (
    PackageState.ARCHIVED,
    PackageState.OFFERED,
    PackageState.HANDED_OVER,
    PackageState.CONDEMNED,
)
#: ``damaged``: its last test failed; ``held``: 封存, by review, court or else.
PACKAGE: Final = Machine(
    profile="ARCHIVE_PACKAGE",
    version=1,
    initial=PackageState.DUE,
    labels=PACKAGE_LABELS,
    transitions=(
        *(
            Transition(state, "build", _BOTH, PackageState.ARCHIVED, "归档")
            for state in (PackageState.DUE, PackageState.FAILED)
        ),
        Transition(
            PackageState.ARCHIVED, "build", _BOTH, PackageState.ARCHIVED, "重新封包", "damaged"
        ),
        *(
            Transition(state, "fail", _BOTH, PackageState.FAILED, "检测不合格")
            for state in (PackageState.DUE, PackageState.FAILED)
        ),
        *(
            Transition(state, "reopen", _CLOCK, PackageState.SET_ASIDE, "重新办理")
            for state in (PackageState.DUE, PackageState.FAILED)
        ),
        *(
            Transition(state, "end", _CLOCK, PackageState.DUE, "办结")
            for state in UNFINISHED
        ),
        Transition(
            PackageState.ARCHIVED, "offer", _STAFF, PackageState.OFFERED, "列入移交", "!damaged"
        ),
        Transition(PackageState.OFFERED, "take_back", _BOTH, PackageState.ARCHIVED, "退出移交"),
        Transition(PackageState.OFFERED, "receive", _CLOCK, PackageState.HANDED_OVER, "接收"),
        Transition(
            PackageState.ARCHIVED, "condemn", _STAFF, PackageState.CONDEMNED, "提出销毁",
            "expired & !held",
        ),
        Transition(PackageState.CONDEMNED, "spare", _STAFF, PackageState.ARCHIVED, "不销毁"),
        Transition(
            PackageState.CONDEMNED, "destroy", _STAFF, PackageState.DESTROYED, "销毁",
            "expired & !held",
        ),
    ),
)  # fmt: skip


class BatchKind(StrEnum):
    HAND_OVER = "HAND_OVER"
    DESTRUCTION = "DESTRUCTION"


BATCH_KIND_LABELS: Final[Mapping[str, str]] = {
    BatchKind.HAND_OVER: "移交清册",
    BatchKind.DESTRUCTION: "销毁清册",
}


class BatchState(StrEnum):
    OPEN = "OPEN"
    SENT = "SENT"
    REFUSED = "REFUSED"
    RECEIVED = "RECEIVED"
    PROPOSED = "PROPOSED"
    DECLINED = "DECLINED"
    CONFIRMED = "CONFIRMED"


BATCH_LABELS: Final[Mapping[str, str]] = {
    BatchState.OPEN: "正在编制",
    BatchState.SENT: "已移交，等档案馆接收",
    BatchState.REFUSED: "档案馆退回，等处理",
    BatchState.RECEIVED: "档案馆已接收",
    BatchState.PROPOSED: "等第二人确认",
    BatchState.DECLINED: "不同意销毁",
    BatchState.CONFIRMED: "已销毁",
}
HAND_OVER: Final = Machine(
    profile="ARCHIVE_HAND_OVER",
    version=1,
    initial=BatchState.OPEN,
    labels={state: BATCH_LABELS[state] for state in list(BatchState)[:4]},
    transitions=(
        Transition(BatchState.OPEN, "send", _STAFF, BatchState.SENT, "移交"),
        Transition(BatchState.REFUSED, "send", _STAFF, BatchState.SENT, "再次移交"),
        Transition(BatchState.OPEN, "change", _STAFF, BatchState.OPEN, "增减"),
        Transition(BatchState.REFUSED, "change", _STAFF, BatchState.REFUSED, "增减"),
        Transition(BatchState.SENT, "receive", _CLOCK, BatchState.RECEIVED, "接收"),
        Transition(BatchState.SENT, "refuse", _CLOCK, BatchState.REFUSED, "退回"),
    ),
)
#: ``second``: another person in another post than the one who proposed it.
DESTRUCTION: Final = Machine(
    profile="ARCHIVE_DESTRUCTION",
    version=1,
    initial=BatchState.PROPOSED,
    labels={state: BATCH_LABELS[state] for state in list(BatchState)[4:]},
    transitions=(
        Transition(
            BatchState.PROPOSED, "confirm", _STAFF, BatchState.CONFIRMED, "确认销毁", "second"
        ),
        Transition(BatchState.PROPOSED, "decline", _STAFF, BatchState.DECLINED, "不同意", "second"),
    ),
)


class HoldGround(StrEnum):
    """Why a package may not be destroyed."""

    REVIEW = "REVIEW"
    LITIGATION = "LITIGATION"
    OTHER = "OTHER"


HOLD_LABELS: Final[Mapping[str, str]] = {
    HoldGround.REVIEW: "行政复议",
    HoldGround.LITIGATION: "诉讼",
    HoldGround.OTHER: "其他",
}


class Occasion(StrEnum):
    """When the four tests ran."""

    BUILDING = "BUILDING"
    HAND_OVER = "HAND_OVER"
    ON_DEMAND = "ON_DEMAND"


OCCASION_LABELS: Final[Mapping[str, str]] = {
    Occasion.BUILDING: "归档时",
    Occasion.HAND_OVER: "移交时",
    Occasion.ON_DEMAND: "抽检",
}


class Tab(StrEnum):
    """The lists of packages."""

    DUE = "DUE"
    ARCHIVED = "ARCHIVED"
    EXPIRED = "EXPIRED"
    GONE = "GONE"


TAB_LABELS: Final[Mapping[str, str]] = {
    Tab.DUE: "待归档",
    Tab.ARCHIVED: "档案",
    Tab.EXPIRED: "到期鉴定",
    Tab.GONE: "已移交和已销毁",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a package: its bytes, or the stored file they lie in. ``title``: nothing personal."""

    path: str
    title: str
    kind: str
    data: bytes = b""
    file_key: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of one test, in words."""

    test: str
    test_label: str
    name: str
    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of the four tests."""

    at: datetime
    occasion_label: str
    sound: bool
    checks: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True)
class HoldRow:
    ground_label: str
    reason: str
    placed_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One line of a list: nothing personal."""

    key: str
    reference: str
    archive_no: str
    case_key: str
    case_no: str
    part: int
    item_code: str
    item_name: str
    division_code: str
    department: str
    department_name: str
    state: str
    state_label: str
    ended_at: datetime
    due_on: date
    problem: str
    archived_at: datetime | None
    period: str
    period_label: str
    retained_until: date | None
    files: int
    size: int
    digest: str
    sound: bool | None
    tested_at: datetime | None
    held: bool
    expired: bool
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package with its tests, its holds and the lists it is on."""

    row: PackageRow
    runs: tuple[TestRun, ...]
    holds: tuple[HoldRow, ...]
    batches: tuple[BatchRow, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of a list that goes out; stays when the package is gone."""

    number: int
    package_key: str
    archive_no: str
    title: str
    period_label: str
    files: int
    digest: str
    problem: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One hand-over or destruction."""

    key: str
    reference: str
    kind: str
    kind_label: str
    batch_no: str
    department_name: str
    state: str
    state_label: str
    count: int
    begun_at: datetime
    begun_by: str
    settled_at: datetime | None
    settled_by: str
    reason: str
    answer: str
    receiver: str
    receipt_no: str
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchView:
    row: BatchRow
    entries: tuple[EntryRow, ...]
    letter: str  # key of the printed list, "" while there is none
