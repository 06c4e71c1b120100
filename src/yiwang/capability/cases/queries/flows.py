"""Published flows."""

from __future__ import annotations

from functools import lru_cache

from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.cases.definitions.flow_file import parse_flow
from yiwang.capability.cases.models import PublishedFlow
from yiwang.kernel.refusals import NotFound


@lru_cache(maxsize=512)
def get_flow(item_code: str, item_version: int) -> Flow:
    """How cases of an item version go; never changes once published. ``NotFound`` when none."""
    row = PublishedFlow.objects.filter(item_code=item_code, item_version=item_version).first()
    flow = parse_flow(row.flow)[0] if row else None
    if flow is None:
        raise NotFound("这个事项还不能在这里办理。", "请看办事指南里的其他办理方式。")
    return flow


def has_flow(item_code: str, item_version: int) -> bool:
    """True when cases of this item version can be handled here."""
    return PublishedFlow.objects.filter(item_code=item_code, item_version=item_version).exists()


def find_flow(item_code: str, item_version: int) -> Flow | None:
    """The same, None when none was published."""
    try:
        return get_flow(item_code, item_version)
    except NotFound:
        return None
