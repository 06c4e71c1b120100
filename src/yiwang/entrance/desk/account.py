"""The time account as one strip: who had the case how long, and what is left until the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.capability.cases.definitions import HolderKind, TimeAccount
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks.definitions import ClockView

WIDTH: Final = 1100
_GAP: Final = 2
#: Pixels one full-width sign takes in the strip.
_SIGN: Final = 15
_FILLS: Final = {
    HolderKind.APPLICANT: "f-grey",
    HolderKind.SPECIAL: "f-grey",
    HolderKind.MACHINE: "f-mid",
    HolderKind.DEPARTMENT: "f-blue",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of the strip; ``text`` is shorter, or left out, where it would not fit."""

    x: int
    width: int
    fill: str
    text: str
    light: bool

    @property
    def text_x(self) -> int:
        return self.x + 10


@dataclass(frozen=True, slots=True)
class Strip:
    """The drawing and the sentence that says the same."""

    parts: tuple[Part, ...]
    title: str
    first: str
    last: str


def strip_of(account: TimeAccount | None, clock: ClockView | None) -> Strip | None:
    """Spans by how long they took, then the working days still free; None without an account."""
    if account is None or not account.spans:
        return None
    running = clock is not None and clock.stopped_on is None and not clock.paused
    left = max(clock.days_left, 0) if clock is not None and running else 0
    used = sum(total.working_days for total in account.totals)
    past = round(WIDTH * (max(used, 1) / (max(used, 1) + left)))
    parts: list[Part] = []
    x = 0.0
    for span in account.spans:
        width = past * span.share
        days = f"{span.working_days} 天"
        parts.append(_part(x, width, _FILLS[HolderKind(span.kind)], f"{span.label} {days}", days))
        x += width
    if left:
        parts.append(_part(past, WIDTH - past, "room-l", f"还剩 {left} 天"))
    ends = f"，还剩 {left} 个工作日" if left else ""
    last = f"{_day(clock.due_on)} 到期" if clock is not None and running else ""
    first = f"{_day(legal_date(account.spans[0].began_at))} 收到"
    return Strip(tuple(parts), f"时间账：{account.sentence.rstrip('。')}{ends}。", first, last)


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日"


def _part(x: float, width: float, fill: str, *words: str) -> Part:
    """With the longest of the words that fits."""
    text = next((one for one in words if len(one) * _SIGN < width - 12), "")
    return Part(round(x), max(1, round(width) - _GAP), fill, text, fill == "f-blue")
