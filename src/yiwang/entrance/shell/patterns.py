"""What the pattern page shows: every component and its states, with invented values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.entrance.shell import drawing, pattern_fields, strip
from yiwang.entrance.shell.drawing import DrawnStep, Progress
from yiwang.kernel.refusals import FieldProblem, InvalidInput

ICONS: Final = [
    "alert",
    "card",
    "check",
    "clock",
    "cross",
    "doc",
    "dots",
    "down",
    "eye",
    "get",
    "home",
    "info",
    "left",
    "link",
    "list",
    "mail",
    "minus",
    "money",
    "out",
    "pause",
    "phone",
    "pin",
    "print",
    "right",
    "search",
    "up",
    "user",
]

_COLOURS: Final = (
    ("f-blue", "蓝：主操作"),
    ("f-mid", "蓝中：图表"),
    ("f-pale", "蓝浅：图表"),
    ("f-green", "绿：在时限内"),
    ("f-amber", "黄：快到期"),
    ("f-red", "红：超时、拒绝"),
    ("f-ink", "墨：次要文字"),
    ("f-grey", "线"),
)
_PARTS: Final = (
    ("colours", "颜色：一种蓝，三种信号"),
    ("type", "字"),
    ("buttons", "按钮"),
    ("tags", "信号：图标加字，颜色只是帮手"),
    ("notices", "提示条"),
    ("facts", "五个回答"),
    ("fields", "填写"),
    ("steps", "第几步"),
    ("errors", "有错"),
    ("waiting", "等和没有"),
    ("clock", "时钟"),
    ("flow", "怎么走"),
    ("timeline", "经过"),
    ("talk", "留言"),
    ("rows", "行和面板"),
    ("folds", "折叠"),
    ("tables", "表"),
    ("staff", "给工作人员"),
    ("icons", "图标"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page."""

    name: str
    title: str

    @property
    def template(self) -> str:
        return f"shell/patterns/{self.name}.html"


@dataclass(frozen=True, slots=True)
class _Day:
    on: date
    kind: str


def values() -> dict[str, object]:
    """Everything the templates of the pattern page need."""
    kinds = ["USED", "USED", "OFF", "OFF", "TODAY", "FREE", "FREE", "FREE", "DUE"]
    days = [_Day(date(2026, 12, 10 + index), kind) for index, kind in enumerate(kinds)]
    return {
        "parts": [Part(name, title) for name, title in _PARTS],
        "colours": _COLOURS,
        "kinds": pattern_fields.drawn_kinds(),
        "icons": ICONS,
        "cells": strip.cells(days),
        "steps": ("确认身份", "挖哪里、挖多久", "材料", "核对提交"),
        "refusal": InvalidInput(
            "有 2 处要改",
            fields=[
                FieldProblem("pf3", "身份证号少一位，", "请对照证件重填"),
                FieldProblem("pf1", "姓名和证件不一致，", "请照证件填写"),
            ],
        ),
        "flow": drawing.flow(
            (
                DrawnStep("提交申请", "12月3日", Progress.DONE),
                DrawnStep("受理", "12月9日", Progress.DONE),
                DrawnStep("住建局审查", "已 3 天", Progress.NOW),
                DrawnStep("作出决定", "最晚 12月18日"),
                DrawnStep("网上领证", "同意后"),
            )
        ),
    }
