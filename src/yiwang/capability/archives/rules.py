"""Archive numbers, periods and days: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yiwang.capability.archives.definitions.retention import (
    ENDINGS,
    PERIODS,
    Ending,
    Period,
    RetentionRow,
    RetentionTable,
)
from yiwang.kernel.refusals import Refusal, TryLater


class NoRetentionTable(Refusal):
    """档案法实施条例 19: without an approved table nothing is archived."""

    sentence = "还没有保管期限表，不能归档。"
    remedy = "请管理员用 yiwang archives publish 发布经档案主管部门审核同意的保管期限表。"


class CannotArchive(Refusal):
    """The case is not over yet, or something about it is not."""

    sentence = "这一件还没有完全办结，不能归档。"
    remedy = "办结以后系统会自动归档。"


class UnderHold(Refusal):
    """封存: nothing under review or before a court is destroyed."""

    sentence = "这件档案正在封存，不能销毁。"
    remedy = "复议、诉讼结束并解除封存以后再鉴定。"


class SecondKeeperNeeded(Refusal):
    """Who proposes a destruction does not confirm it, and not in the same post."""

    status = 403
    sentence = "销毁要由另一个人在另一个岗位上确认。"
    remedy = "请本单位负责人（不是提出的人）确认。"


class ArchiveAway(TryLater):
    """The archive does not answer, or not in a way that can be read."""

    sentence = "档案馆的接收系统现在没有回应。"
    remedy = "清册还在，系统会自动再试。"


def ending_of(state: str, outcome: str) -> Ending:
    """How a case ended, from its last state and its decision."""
    if state in ENDINGS:
        return ENDINGS[state]
    return Ending.REJECTED if outcome == "REJECT" else Ending.GRANTED


def period_of(table: RetentionTable, *, profile: str, ending: Ending, item: str) -> RetentionRow:
    """The first row that fits; the last one fits everything."""
    return next(row for row in table.rows if _fits(row, profile, ending, item))


def _fits(row: RetentionRow, profile: str, ending: Ending, item: str) -> bool:
    asked: Sequence[tuple[tuple[str, ...], str]] = (
        (row.profiles, profile),
        (row.endings, ending.value),
        (row.items, item),
    )
    return all(not wanted or given in wanted for wanted, given in asked)


def archive_no(*, body: str, year: int, period: Period, number: int) -> str:
    """档号 (本地规则，示例): body, ZW for services, year of the end, period, number of the series."""
    return f"{body}-ZW-{year}-{PERIODS[period][0]}-{number:06d}"


def batch_no(*, body: str, kind: str, year: int, number: int) -> str:
    """YJ 移交, XH 销毁."""
    return f"{body}-{'YJ' if kind == 'HAND_OVER' else 'XH'}-{year}-{number:04d}"


def retained_until(*, ended_on: date, period: Period) -> date | None:
    """The first day it need no longer be kept: counted from the year after the end; None: for ever."""
    years = PERIODS[period][1]
    return None if years is None else date(ended_on.year + 1 + years, 1, 1)


def prolonged_until(*, today: date, period: Period) -> date | None:
    """重新划定 (档案法实施条例 24): counted from the appraisal."""
    return retained_until(ended_on=today, period=period)


def is_expired(*, until: date | None, today: date) -> bool:
    return until is not None and today >= until
