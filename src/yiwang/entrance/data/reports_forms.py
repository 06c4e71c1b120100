"""What the using department is asked for when it records effect, storage and destruction (条例 29)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.http import HttpRequest

from yiwang.entrance.shell import typed
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.agreements.definitions.reports import DISPOSAL_LABELS, Report

EFFECT: Final = (
    Field("since", "从哪一天", "day"),
    Field("until", "到哪一天（含）", "day"),
    Field("papers", "少交了多少份材料", "number", "本部门自己统计的", optional=True),
    Field("visits", "少跑了多少次", "number", "本部门自己统计的", optional=True),
    Field("words", "取得了什么成效", "long", "办了哪些事、快了多少、发现了什么"),
)
STORAGE: Final = (
    Field("place", "存在哪个系统", "text", "没有存下来的写“不存”"),
    Field("held", "存了多少条", "number", "没有存的写 0"),
    Field("words", "谁能看、怎样保护", "long"),
)
DISPOSAL: Final = (
    Field("disposal", "取得的数据怎样了", "choice", options=tuple(DISPOSAL_LABELS.items())),
    Field("day", "销毁的日期", "day", "已经销毁的填", optional=True),
    Field("held", "还留存多少条", "number", "依法留存的填", optional=True),
    Field(
        "basis", "依据哪一条留存", "text", "依法留存的填：法律、行政法规的名称和条款", optional=True
    ),
    Field("until", "留存到哪一天", "day", "依法留存、有期限的填", optional=True),
    Field("words", "说明", "long", "已经销毁的写怎样销毁、谁在场；留存的写留了什么", optional=True),
)
_WORDS: Final = {"since": "开始日期", "until": "结束日期", "day": "销毁的日期"}


def report_in(request: HttpRequest) -> Report:
    """What was typed; a number that is none is refused by the house, a day that is none here."""
    said = request.POST
    return Report(
        words=said.get("words", "")[:4000],
        since=_day(request, "since"),
        until=_day(request, "until"),
        papers=_number(request, "papers"),
        visits=_number(request, "visits"),
        held=_number(request, "held"),
        place=said.get("place", "")[:1000],
        disposal=said.get("disposal", "")[:20],
        day=_day(request, "day"),
        basis=said.get("basis", "")[:1000],
    )


def _day(request: HttpRequest, name: str) -> date | None:
    if not request.POST.get(name, "").strip():
        return None
    return typed.day_in(request, name, label=_WORDS[name])


def _number(request: HttpRequest, name: str) -> int | None:
    """None for nothing, -1 for what is no number."""
    given = request.POST.get(name, "").strip()
    if not given:
        return None
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else -1
