"""What becomes of published queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPublished(Event):
    """查询服务已发布: from now on it may be asked by who holds a grant."""

    name: ClassVar[str] = "datasources.query_published"
    query: str
    version: int
    service_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStopped(Event):
    """查询服务已停用, within seconds."""

    name: ClassVar[str] = "datasources.query_stopped"
    query: str
    reason: str
