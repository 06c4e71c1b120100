"""Measure: database, disk, clock, key service, queue, sealer. Each alone, so one cannot hide another."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from yiwang.cloud.backup import queries as backup
from yiwang.cloud.health import rules
from yiwang.cloud.health.definitions import Check
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.jobs import queries as jobs
from yiwang.mechanisms.journal import queries as journal

log = logging.getLogger(__name__)


def check_all(*, at: datetime) -> tuple[Check, ...]:
    """Every check. What cannot be measured is not good; nothing is raised."""
    checks = [
        _guarded("disk_free_share", "磁盘剩余", _disk),
        _guarded("key_service", "密钥服务", _key_service),
    ]
    database = _guarded("database", "数据库", _database)
    checks.append(database)
    if database.good:
        checks.append(_guarded("clock_offset_seconds", "时钟偏差", lambda: _clock(at)))
        checks.append(_guarded("queue_oldest_seconds", "任务队列", _queue))
        checks.append(_guarded("journal_unsealed_seconds", "日志封存", lambda: _sealer(at)))
        checks.append(_guarded("dead_jobs", "失败任务", _dead_jobs))
        checks.append(
            _guarded("reconciliation_differences", "每日对账不符", lambda: _reconciliation(at))
        )
        if settings.BACKUP or not settings.SAMPLE:
            checks.append(_guarded("backup_behind_seconds", "备份落后", lambda: _backup(at)))
            checks.append(_guarded("restore_drill_seconds", "恢复演练", lambda: _drill(at)))
    return tuple(checks)


def is_ready(checks: Sequence[Check]) -> bool:
    """True when people can be served."""
    return rules.is_ready(checks)


def _disk() -> Check:
    usage = shutil.disk_usage(Path(settings.YIWANG_HOME))
    return rules.disk(usage.free / usage.total)


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("database", "数据库", True, 1.0)


def _key_service() -> Check:
    """A word goes in and comes out again."""
    good = crypto.decrypt(crypto.encrypt("ready", purpose="health"), purpose="health") == "ready"
    return Check("key_service", "密钥服务", good, float(good))


def _sealer(at: datetime) -> Check:
    return rules.sealer(journal.seal_lag(at=at).oldest_seconds)


def _clock(at: datetime) -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        (seconds,) = cursor.fetchone()
    return rules.clock(float(seconds) - at.timestamp())


def _queue() -> Check:
    return rules.queue(jobs.health().oldest_seconds)


def _dead_jobs() -> Check:
    return rules.dead_jobs(jobs.health().dead)


def _reconciliation(at: datetime) -> Check:
    """What the newest daily comparison wrote down; good before the first one."""
    newest = journal.list_acts_of(actor="machine:reconciler", limit=1)
    if not newest:
        return rules.reconciliation(0, 0.0)
    differences = newest[0].facts.get("differences")
    age = (at - newest[0].at).total_seconds()
    return rules.reconciliation(differences if isinstance(differences, int) else 0, age)


def _backup(at: datetime) -> Check:
    """How far the copy is behind: the follower's reach, else the last whole copy."""
    standing = backup.get_standing(settings.BACKUP)
    reached = standing.reaches_until or standing.last_base_at
    return rules.backup((at - reached).total_seconds() if reached else None)


def _drill(at: datetime) -> Check:
    standing = backup.get_standing(settings.BACKUP)
    age = (at - standing.last_drill_at).total_seconds() if standing.last_drill_at else None
    return rules.drill(age, good=standing.last_drill_good)


def _guarded(name: str, label: str, measure: Callable[[], Check]) -> Check:
    try:
        return measure()
    except Exception:
        log.exception("check failed", extra={"check": name})
        return Check(name, label, False, 0.0)
