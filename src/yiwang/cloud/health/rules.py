"""From measurements to good or not. Limits from the reliability rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yiwang.cloud.health.definitions import Check

DISK_FREE_SHARE: Final = 0.10
OLDEST_DUE_JOB_SECONDS: Final = 600.0
OLDEST_UNSEALED_SECONDS: Final = 60.0
OLDEST_RECONCILIATION_SECONDS: Final = 2 * 86_400.0
CLOCK_OFFSET_SECONDS: Final = 5.0
BACKUP_BEHIND_SECONDS: Final = 300.0
OLDEST_DRILL_SECONDS: Final = 92 * 86_400.0


def disk(free_share: float) -> Check:
    """At least a tenth of the disk is free."""
    return Check("disk_free_share", "磁盘剩余", free_share >= DISK_FREE_SHARE, free_share)


def queue(oldest_seconds: float) -> Check:
    """Due work does not wait longer than ten minutes. People are still served when it does."""
    good = oldest_seconds <= OLDEST_DUE_JOB_SECONDS
    return Check("queue_oldest_seconds", "任务队列", good, oldest_seconds, "s", needed=False)


def dead_jobs(count: int) -> Check:
    """No job waits for an operator."""
    return Check("dead_jobs", "失败任务", count == 0, float(count), needed=False)


def reconciliation(differences: int, age_seconds: float) -> Check:
    """The last daily comparison found nothing, and it is not older than two days."""
    good = differences == 0 and age_seconds <= OLDEST_RECONCILIATION_SECONDS
    label = "每日对账不符" if good or differences else "每日对账没有按时做"
    return Check("reconciliation_differences", label, good, float(differences), needed=False)


def sealer(oldest_seconds: float) -> Check:
    """Journal entries get their position within a minute (normally a second)."""
    good = oldest_seconds <= OLDEST_UNSEALED_SECONDS
    return Check("journal_unsealed_seconds", "日志封存", good, oldest_seconds, "s", needed=False)


def clock(offset_seconds: float) -> Check:
    """Our clock and the database's agree."""
    good = abs(offset_seconds) <= CLOCK_OFFSET_SECONDS
    return Check("clock_offset_seconds", "时钟偏差", good, offset_seconds, "s")


def backup(behind_seconds: float | None) -> Check:
    """At most five minutes of work would be lost with this machine. None: there is no backup."""
    good = behind_seconds is not None and behind_seconds <= BACKUP_BEHIND_SECONDS
    label = "没有备份" if behind_seconds is None else "备份落后"
    return Check("backup_behind_seconds", label, good, behind_seconds or 0.0, "s", needed=False)


def drill(age_seconds: float | None, *, good: bool) -> Check:
    """Within the last three months a backup was brought back and found whole. None: never."""
    fresh = age_seconds is not None and age_seconds <= OLDEST_DRILL_SECONDS
    label = "恢复演练" if good or age_seconds is None else "恢复演练没有通过"
    return Check(
        "restore_drill_seconds", label, good and fresh, age_seconds or 0.0, "s", needed=False
    )


def is_ready(checks: Sequence[Check]) -> bool:
    """True when every needed check is good."""
    return all(check.good for check in checks if check.needed)
