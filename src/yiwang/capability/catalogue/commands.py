"""``yiwang items …``: take a catalogue file over, take it back, list imports."""

from __future__ import annotations

import argparse
from pathlib import Path

from yiwang.capability.catalogue import actions, queries
from yiwang.capability.catalogue.actions import ImportReport
from yiwang.kernel import moments
from yiwang.kernel.actor import machine

_LABELS = {"ACCEPTED": "新增", "CHANGED": "变更", "UNCHANGED": "未变", "REFUSED": "拒绝"}


def main(arguments: list[str]) -> int:
    """``import FILE --dry-run|--apply [--all]`` · ``undo RUN`` · ``runs``."""
    parser = argparse.ArgumentParser(prog="yiwang items", description="事项目录")
    commands = parser.add_subparsers(dest="command", required=True)
    bring = commands.add_parser("import", help="导入事项目录（CSV、XLSX）")
    bring.add_argument("file", type=Path)
    how = bring.add_mutually_exclusive_group(required=True)
    how.add_argument("--dry-run", action="store_true", help="只试一遍，不写入")
    how.add_argument("--apply", action="store_true", help="写入，全部成功或全部不写")
    bring.add_argument("--all", action="store_true", help="逐行打印")
    undo = commands.add_parser("undo", help="撤销一次导入")
    undo.add_argument("run")
    commands.add_parser("runs", help="列出导入记录")
    options = parser.parse_args(arguments)
    actor, at = machine("console"), moments.now()
    if options.command == "import":
        report = actions.import_items(file=options.file, actor=actor, at=at, apply=options.apply)
        _print(report, every=options.all)
        return 1 if report.count("REFUSED") else 0
    if options.command == "undo":
        gone = actions.undo_import(run_key=options.run, actor=actor, at=at)
        print(f"已撤销：{gone} 个事项版本已恢复到导入以前。")
        return 0
    for run in queries.list_import_runs():
        undone = f"，{run.undone_at:%Y-%m-%d %H:%M} 已撤销" if run.undone_at else ""
        print(f"{run.key}　{run.at:%Y-%m-%d %H:%M}　{run.file_name}　{run.actor}{undone}")
    return 0


def _print(report: ImportReport, *, every: bool) -> None:
    for row in report.rows:
        if every or row.outcome == "REFUSED" or row.note:
            said = row.reason or row.note
            print(f"第 {row.line} 行　{_LABELS[row.outcome]}　{row.local_code}　{row.name}　{said}")
    counts = "，".join(f"{_LABELS[o]} {report.count(o)}" for o in _LABELS)
    print(f"{len(report.rows)} 行：{counts}；编码不规范、原样保留的 {len(report.malformed)}。")
    if report.absent:
        print(f"以前导入过、这个文件里没有的 {report.absent} 项保持不变。")
    if report.applied:
        print(f"已写入。撤销请用：yiwang items undo {report.run}")
    else:
        print("没有写入任何内容。")
