"""What is taken from where to where, how far it is, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import Refusal

#: Who declares and sees what a department takes; operators see all and may pause it.
OFFICERS: Final = (Role.DATA_OFFICER, Role.HEAD)
OPERATORS: Final = (Role.OPERATOR,)


class CopyState(StrEnum):
    """Of a table that is taken."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"


class Phase(StrEnum):
    """The whole table in its key's order; then what changes; or, without a stamp, wait for the day."""

    FULL = "FULL"
    CHANGES = "CHANGES"
    RESTING = "RESTING"


class Deletions(StrEnum):
    """How a row that is no more at the source goes here: by its flag, or found by comparing the keys."""

    FLAG = "FLAG"
    COMPARE = "COMPARE"


class Difference(StrEnum):
    """What is wrong with rows of a stretch of keys."""

    MISSING = "MISSING"
    SURPLUS = "SURPLUS"
    DIFFERENT = "DIFFERENT"


COPY_STATE_LABELS: Final[Mapping[CopyState, str]] = {
    CopyState.RUNNING: "进行中",
    CopyState.PAUSED: "已暂停",
}
PHASE_LABELS: Final[Mapping[Phase, str]] = {
    Phase.FULL: "全量",
    Phase.CHANGES: "增量",
    Phase.RESTING: "等每日对账",
}
DIFFERENCE_LABELS: Final[Mapping[Difference, str]] = {
    Difference.MISSING: "对方有、这边没有",
    Difference.SURPLUS: "这边有、对方没有",
    Difference.DIFFERENT: "两边内容不同",
}


@dataclass(frozen=True, slots=True)
class CopyView:
    """One table that is taken. ``reached``: the newest change taken; ``problem``: why it stands."""

    key: str
    service: str
    place: str
    purpose: str
    state: CopyState
    phase: Phase
    number: int
    total: int
    last_at: datetime | None
    reached: str
    problem: str
    problem_at: datetime | None
    open_findings: int
    sheet_day: date | None
    sheet_equal: bool | None
    version: int
    department: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    """对账差异: rows of a stretch of keys that differ."""

    key: str
    kind: Difference
    rows: int
    found_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a round brought. ``end``: everything there was has been applied."""

    batches: int = 0
    rows: int = 0
    end: bool = False


class CannotTake(Refusal):
    """The place for the table is not as it must be; the sentence says what."""

    status = 422
    sentence = "放数据的库用不了。"
    remedy = "请检查前置库的地址和账号：账号要能在自己的模式里建表、写表。"


class PartAltered(Refusal):
    """What came is not what its sum says: never applied."""

    status = 502
    sentence = "收到的一批数据和它的校验和不一致，没有采用。"
    remedy = "下一轮会重新取这一批；再次出现请两边运维人员核对网络和程序。"


class PartRefused(Refusal):
    """The exchange said no or nothing."""

    status = 502
    sentence = "这一批没有取到。"
    remedy = "请检查授权和对方服务；恢复后自动接着取。"
