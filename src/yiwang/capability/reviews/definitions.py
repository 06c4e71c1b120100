"""Levels, tags, channels, and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import ClockView

#: GB/T 39734-2020: 1 very satisfied … 5 very dissatisfied; 4 and 5 are 差评.
LEVELS: Final[Mapping[int, str]] = {
    1: "非常满意",
    2: "满意",
    3: "基本满意",
    4: "不满意",
    5: "非常不满意",
}
BAD_FROM: Final = 4

#: What may be ticked beside the level, by code.
TAGS: Final[Mapping[str, str]] = {
    "efficiency": "办事效率",
    "guide": "指南准确",
    "convenience": "办理方便",
    "platform": "平台好用",
    "attitude": "服务态度",
    "skill": "业务水平",
}


class Channel(StrEnum):
    WEB = "WEB"  # 网页
    MOBILE = "MOBILE"  # 手机
    QR = "QR"  # 扫码
    WINDOW = "WINDOW"  # 窗口评价器
    KIOSK = "KIOSK"  # 自助终端
    PHONE = "PHONE"  # 电话
    SMS = "SMS"  # 短信
    HOTLINE = "HOTLINE"  # 12345
    API = "API"


class RectificationState(StrEnum):
    OPEN = "OPEN"  # 待联系
    CONTACTED = "CONTACTED"  # 已联系，整改中
    ANSWERED = "ANSWERED"  # 已整改或解释，等再次评价
    CLOSED = "CLOSED"  # 办结
    NOT_COUNTED = "NOT_COUNTED"  # 核实为误评或恶意，另一单位复核


class Answer(StrEnum):
    CORRECTED = "CORRECTED"  # 已整改
    EXPLAINED = "EXPLAINED"  # 没有法定依据，已解释


STATE_LABELS: Final[Mapping[str, str]] = {
    RectificationState.OPEN: "待联系",
    RectificationState.CONTACTED: "整改中",
    RectificationState.ANSWERED: "已答复，待再次评价",
    RectificationState.CLOSED: "已办结",
    RectificationState.NOT_COUNTED: "核实后不计入",
}


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review without its author: what staff may read. ``mine`` is for the author's own page."""

    key: str
    case: str
    handling: str
    level: int
    level_label: str
    tags: tuple[str, ...]
    text: str
    channel: str
    given_at: datetime
    item_code: str
    counted: bool
    rectification: str = ""


@dataclass(frozen=True, slots=True)
class OrderAct:
    """One step of the follow-up."""

    at: datetime
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class RectificationView:
    """A bad review's follow-up with its three limits; never who wrote the review.

    ``clock``: the limit that runs now, None once answered; ``department``: the body reviewed.
    """

    key: str
    reference: str
    review: ReviewView
    state: str
    state_label: str
    complex: bool
    contact_by: date | None
    answer_by: date | None
    answer: str
    answer_text: str
    second_level: int | None
    version: int
    opened_at: datetime
    acts: tuple[OrderAct, ...]
    department: str
    clock: ClockView | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts and rates of a period; a rate is None when nothing could be counted."""

    handled: int
    active: int
    good: int
    bad: int
    rectified: int
    rectified_in_time: int
    active_rate: float | None
    good_rate: float | None
    rectified_rate: float | None
    in_time_rate: float | None
