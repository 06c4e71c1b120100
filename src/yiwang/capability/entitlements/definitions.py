"""States, reasons and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final


class EntitlementState(StrEnum):
    ACTIVE = "ACTIVE"  # 发放中
    NOTIFIED = "NOTIFIED"  # 已告知拟停发，仍在发放
    STOPPED = "STOPPED"  # 已停发


class StopReason(StrEnum):
    DEATH = "DEATH"  # 死亡
    MOVED = "MOVED"  # 户籍迁出
    DOUBLE_PAYMENT = "DOUBLE_PAYMENT"  # 重复领取
    ENDED = "ENDED"  # 不再符合条件
    OWN_WISH = "OWN_WISH"  # 本人放弃


class PaymentState(StrEnum):
    LISTED = "LISTED"  # 已列入名册，等待银行结果
    PAID = "PAID"  # 已到账
    FAILED = "FAILED"  # 未到账


STATE_LABELS: Final[Mapping[str, str]] = {
    EntitlementState.ACTIVE: "发放中",
    EntitlementState.NOTIFIED: "已告知拟停发",
    EntitlementState.STOPPED: "已停发",
}
REASON_LABELS: Final[Mapping[str, str]] = {
    StopReason.DEATH: "死亡",
    StopReason.MOVED: "户籍迁出",
    StopReason.DOUBLE_PAYMENT: "重复领取",
    StopReason.ENDED: "不再符合条件",
    StopReason.OWN_WISH: "本人放弃",
}
CHANGE_LABELS: Final[Mapping[str, str]] = {
    "granted": "批准发放",
    "sum_changed": "调整金额",
    "account_changed": "更换收款账户",
    "stop_announced": "告知拟停发",
    "stopped": "停发",
    "kept": "撤回停发告知",
    "resumed": "恢复发放",
}
PAYMENT_LABELS: Final[Mapping[str, str]] = {
    PaymentState.LISTED: "已列入发放名册",
    PaymentState.PAID: "已到账",
    PaymentState.FAILED: "未到账",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Months in which a sum is due: from ``first`` (a first of a month) up to, not with, ``until``."""

    first: date
    until: date | None
    monthly_fen: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One month of one person: what is due, in which list, what the bank said."""

    month: date
    listed_month: date
    amount_fen: int
    state: str
    state_label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """One grant as the person and the officials in charge see it; the account is masked."""

    key: str
    reference: str
    case: str
    person: str
    benefit: str
    benefit_name: str
    monthly_fen: int
    starts_on: date
    state: str
    state_label: str
    account_masked: str
    version: int
    stops_on: date | None
    stop_reason: str
    paid_fen: int
    owed_back_fen: int
    payments: tuple[PaymentRow, ...]
    division_code: str
    department: str
    object_by: date | None
    notice_letter: str


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant in a list of the body; ``position`` is given back as ``before`` for the next page."""

    key: str
    position: int
    person: str
    benefit_name: str
    monthly_fen: int
    starts_on: date
    state: str
    state_label: str
    stops_on: date | None
    object_by: date | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of a grant's history: what, why, from which month, how much."""

    at: datetime
    label: str
    reason: str
    month: date | None
    amount_fen: int
    actor: str


@dataclass(frozen=True, slots=True)
class MonthlyListView:
    """The list of one benefit and month for the treasury."""

    key: str
    benefit: str
    benefit_name: str
    division_code: str
    department: str
    month: date
    closed_at: datetime
    count: int
    total_fen: int
    paid_fen: int
    failed_fen: int


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What became of one line of the file."""

    line: int
    number: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """What reading the bank's return file did: rows taken over, and those that fit nothing."""

    paid: int
    failed: int
    already_known: int
    problems: tuple[str, ...]
    lines: tuple[ReturnLine, ...] = ()
