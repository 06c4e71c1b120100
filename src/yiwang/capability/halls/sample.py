"""A hall with windows, for tests and for the sample province."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.halls import actions
from yiwang.capability.halls.definitions import CounterView, HallView
from yiwang.kernel.actor import machine

SAMPLER = machine("sample-halls")


def hall(division_code: str, *, at: datetime, name: str = "城关区政务服务中心（示例）") -> HallView:
    """An open hall."""
    return actions.open_hall(name=name, division_code=division_code, actor=SAMPLER, at=at)


def counter(
    where: HallView, number: str, *, at: datetime, line: str = "A", department: str = ""
) -> CounterView:
    """An open window."""
    return actions.open_counter(
        hall=where.key, number=number, line=line, department=department, actor=SAMPLER, at=at
    )
