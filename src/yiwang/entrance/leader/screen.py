"""A leader's first screen: today, at hand, late, in time; by body and place, with the tables behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.centre.indicators import queries as indicators
from yiwang.centre.indicators.definitions import BodyFigures, Grouping, Overview
from yiwang.entrance.leader import bars
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.governance.supervision import queries as supervision
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import legal_date, now
from yiwang.network.directory import queries as directory

ROLES: Final = (Role.LEADER, Role.HEAD)
#: Rows of the table; further bodies are reached by place.
_MOST: Final = 40
_DRAWN: Final = 12
#: 本地规定（示例）: what the place has set itself.
TARGET_IN_TIME: Final = 99.5


@dataclass(frozen=True, slots=True)
class Big:
    """One large number: what it says, how it changed, where it leads."""

    label: str
    value: str
    unit: str
    remark: str
    href: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, with the name of what it counts and the share in time."""

    name: str
    figures: BodyFigures
    in_time: str
    query: str


@require_GET
@access(OFFICIAL, roles=ROLES)
def show_screen(request: HttpRequest) -> HttpResponse:
    """Figures only: narrow counts made from the journal, no case is read."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    by = Grouping.DIVISION if request.GET.get("by") == "division" else Grouping.DEPARTMENT
    at = now()
    seen = indicators.get_overview(actor, today=legal_date(at), grouping=by)
    lines = _lines(seen.rows[:_MOST], by)
    context = {
        "at": at,
        "seen": seen,
        "headline": _headline(seen),
        "bigs": _bigs(seen, supervision.count_open(actor)),
        "lines": lines,
        "more": max(0, len(seen.rows) - _MOST),
        "by_division": by is Grouping.DIVISION,
        "chart": bars.chart(
            [(one.name, one.figures.open, one.figures.soon, one.figures.late)
             for one in lines[:_DRAWN]]
        ),
        "trend": bars.trend(_every_day(seen, legal_date(at))),
        "first": legal_date(at) - timedelta(days=seen.days - 1),
        "works": any(actor.has_role(role) for role in (Role.HEAD,)),
    }  # fmt: skip
    return render(request, "leader/screen.html", context)


def _every_day(seen: Overview, today: date) -> list[tuple[int, int]]:
    """Days on which nothing happened have their place too."""
    known = {one.on: (one.received, one.decided) for one in seen.trend}
    days = (today - timedelta(days=back) for back in range(seen.days - 1, -1, -1))
    return [known.get(day, (0, 0)) for day in days] if known else []


def _lines(rows: Iterable[BodyFigures], by: Grouping) -> tuple[Line, ...]:
    keys = [row.key for row in rows]
    if by is Grouping.DIVISION:
        names = {code: one.name for code, one in directory.find_divisions(keys).items()}
        parameter = "division"
    else:
        names = {uscc: one.name for uscc, one in directory.find_departments(keys).items()}
        parameter = "department"
    return tuple(
        Line(
            names.get(row.key, row.key),
            row,
            indicators.share(row.in_time, row.decided) or "—",
            f"{parameter}={row.key}",
        )
        for row in rows
    )


def _headline(seen: Overview) -> str:
    share = indicators.share(seen.now.in_time, seen.now.decided)
    late = f"有 {seen.now.late:,} 件超期" if seen.now.late else "没有超期的"
    return f"近 {seen.days} 天按时办结 {share}%，{late}" if share else late


def _bigs(seen: Overview, cards: int) -> tuple[Big, ...]:
    done, before = seen.now, seen.before
    share = indicators.share(done.in_time, done.decided)
    rows = "/leader/cases/?list="
    return (
        Big("今天收到", f"{seen.today.received:,}", "件",
            _change(seen.today.received, seen.week_ago.received, "上周同一天"), f"{rows}DEPARTMENT"),
        Big("正在办", f"{done.open:,}", "件", f"快到期 {done.soon:,} 件", f"{rows}SOON"),
        Big("已超期", f"{done.late:,}", "件", "目标 0", f"{rows}OVERDUE", bool(done.late)),
        Big("按时办结", share or "—", "%" if share else "", f"目标 {TARGET_IN_TIME}%（示例）", "#table"),
        Big("不予许可", f"{done.rejected:,}", "件", _change(done.rejected, before.rejected), "#table"),
        Big("没有受理", f"{done.refused:,}", "件", _change(done.refused, before.refused), "#table"),
        Big("一次告知补正", f"{done.corrected:,}", "件",
            _change(done.corrected, before.corrected), "#table"),
        Big("延期", f"{done.extended:,}", "件", _change(done.extended, before.extended), "#table"),
        Big("黄牌红牌要办", f"{cards if cards < 1000 else '999+'}", "张", "没有说明的，或者等核定撤销",
            "/desk/cards/"),
    )  # fmt: skip


def _change(now_: int, before: int, than: str = "前 30 天") -> str:
    if now_ == before:
        return f"和{than}一样"
    more = "多" if now_ > before else "少"
    return f"比{than}{more} {abs(now_ - before):,}"
