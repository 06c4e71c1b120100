"""The light of a clock in a list: drawn once for every state it can show, not once a row."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yiwang.mechanisms.clocks.definitions import ClockView

register = template.Library()


@register.simple_tag
def light(clock: ClockView | None) -> SafeString:
    """“剩 4 天”, “已超期”, “停表” with its icon, as ``desk/_due.html`` draws it."""
    if clock is None:
        return _drawn("", stopped=False, paused=False, days_left=0)
    return _drawn(
        clock.colour,
        stopped=clock.stopped_on is not None,
        paused=clock.paused,
        days_left=clock.days_left,
    )


@lru_cache(maxsize=512)
def _drawn(colour: str, *, stopped: bool, paused: bool, days_left: int) -> SafeString:
    shown = {"colour": colour, "stopped_on": stopped, "paused": paused, "days_left": days_left}
    return render_to_string("desk/_due.html", {"clock": shown if colour else None})
