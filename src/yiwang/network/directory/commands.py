"""``yiwang divisions load [file] | show <code> | find <text>``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from yiwang.network.directory import actions, queries

_USAGE = "用法：yiwang divisions load [文件 生效日期] | show <12 位代码> | find <名称或拼音>"


def main(arguments: list[str]) -> int:
    """Load the shipped divisions or a file of one's own; look at one; find some."""
    match arguments:
        case ["load"]:
            report = actions.load_shipped_divisions()
        case ["load", path, day]:
            report = actions.load_divisions(path=Path(path), valid_from=date.fromisoformat(day))
        case ["show", code]:
            division = queries.get_division(code)
            above = "、".join(one.name for one in queries.list_ancestors(code))
            print(
                f"{division.code} {division.full_name} 级别 {division.level} 上级 {above or '无'}"
            )
            return 0
        case ["find", text]:
            for one in queries.suggest_divisions(text):
                print(one.code, one.full_name)
            return 0
        case _:
            print(_USAGE, file=sys.stderr)
            return 2
    print(f"读入 {report.read} 行，新增 {report.added}，更新 {report.changed}")
    return 0
