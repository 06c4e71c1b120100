"""The light of a clock, and a row of a worklist: drawn often, so drawn cheaply."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yiwang.capability.cases.definitions import CaseRow
from yiwang.kernel.moments import SHANGHAI
from yiwang.mechanisms.clocks.definitions import ClockView

register = template.Library()
_HERE: Final = format_html(' aria-current="{}"', "page")


@register.simple_tag
def work_row(row: CaseRow, query: str, *, here: bool = False) -> SafeString:
    """One case of the left pane as a link; ``here`` is the one shown beside."""
    at, clock = row.received_at.astimezone(SHANGHAI), row.clock
    stands = ""
    if clock is not None and clock.paused and clock.paused_on:
        day = clock.paused_on
        stands = f"　{day.month}月{day.day}日起停表：{clock.paused_because}"
    return format_html(
        '<li><a href="/desk/cases/{}/?{}"{}><span>{}<span class="sr">，</span></span>{}'
        "<small>{}　{}　{}{}</small></a></li>",
        row.key,
        query,
        _HERE if here else "",
        row.item_name,
        light(row.clock),
        row.applicant_masked,
        f"{at.month}月{at.day}日",
        "请人工办理" if row.person_asked else row.state_label,
        stands,
    )


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
