"""What changed between two plain values, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def compare(path: str, before: Any, now: Any) -> list[str]:
    """Lines like “item.promised.amount：3 → 1”; lists of keyed things are matched by key."""
    if isinstance(before, list) and isinstance(now, list) and _keyed(before) and _keyed(now):
        before = {entry["key"]: entry for entry in before}
        now = {entry["key"]: entry for entry in now}
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        lines = []
        for key in [*before, *(k for k in now if k not in before)]:
            here = f"{path}.{key}"
            if key not in now:
                lines.append(f"{here}：删去")
            elif key not in before:
                lines.append(f"{here}：新增 {_short(now[key])}")
            else:
                lines += compare(here, before[key], now[key])
        return lines
    return [] if before == now else [f"{path}：{_short(before)} → {_short(now)}"]


def _keyed(values: list[Any]) -> bool:
    return all(isinstance(v, Mapping) and "key" in v for v in values)


def _short(value: Any) -> str:
    said = str(value)
    return said if len(said) <= 60 else said[:57] + "…"
