"""What a job looks like from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a job stands. DEAD waits for an operator; CLOSED was put away by one, with a reason."""

    WAITING = "WAITING"  # 等待
    RUNNING = "RUNNING"  # 正在办
    DONE = "DONE"  # 已办完
    DEAD = "DEAD"  # 多次失败，等人处理
    CLOSED = "CLOSED"  # 已人工关闭


#: Queues by class, each with workers of its own: one slow partner cannot fill the others, and no
#: message or receipt waits behind a thousand PDFs (``bulk``).
QUEUES: Final[Mapping[str, int]] = {"urgent": 2, "normal": 2, "bulk": 1}
#: A citizen waits for these; everything else is an errand.
WAITED_FOR: Final = ("urgent",)

#: A worker silent for longer has gone; its jobs are handed back.
STALLED_AFTER_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Task:
    """A named piece of background work."""

    name: str
    function: Callable[..., object]
    attempts: int = 8


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task the clock starts: once in every ``minutes``, a missed run is caught up once."""

    task: Task
    minutes: int


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as the operator sees it; arguments are references and versions only."""

    key: int
    task: str
    queue: str
    state: JobState
    attempts: int
    scheduled_at: datetime | None
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    failed_at: datetime | None = None
    failure: str = ""  # kind and place of the last error, never its text
    closed_reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the queue does: waiting and due, dead, and how long the oldest due job has waited."""

    due: int
    dead: int
    oldest_seconds: float
