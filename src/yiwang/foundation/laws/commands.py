"""``yiwang laws …``: import, look up an article, list versions."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from yiwang.foundation.laws import actions, queries
from yiwang.foundation.laws.definitions import ImportReport
from yiwang.kernel import moments
from yiwang.kernel.actor import machine


def main(arguments: list[str]) -> int:
    """``import [FILE] [--dry-run]`` · ``article TITLE NUMBER [--on DAY]`` · ``versions TITLE``."""
    options = _parser().parse_args(arguments)
    command: str = options.command
    if command == "import":
        return _import(options.file, options.dry_run)
    if command == "article":
        return _article(options.title, options.number, options.on)
    return _versions(options.title)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yiwang laws", description="法律法规库")
    commands = parser.add_subparsers(dest="command", required=True)
    bring = commands.add_parser("import", help="导入法规文件；不给文件则导入随产品附带的法规")
    bring.add_argument("file", nargs="?", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="只试一遍，不写入")
    article = commands.add_parser("article", help="查看某一天有效的条文")
    article.add_argument("title")
    article.add_argument("number")
    article.add_argument("--on", type=date.fromisoformat)
    versions = commands.add_parser("versions", help="列出一部法规的各个版本")
    versions.add_argument("title")
    return parser


def _import(file: Path | None, dry_run: bool) -> int:
    at, actor = moments.now(), machine("console")
    report = actions.import_laws(
        file=file or actions.SHIPPED / "cited.jsonl.gz", actor=actor, at=at, dry_run=dry_run
    )
    _print(report)
    return 1 if report.refused else 0


def _print(report: ImportReport) -> None:
    for line, reason in report.refused.items():
        print(f"第 {line} 行没有导入：{reason}")
    print(
        f"{'试运行，没有写入：' if report.dry_run else ''}共 {report.total} 份，新增 {report.added}，"
        f"变更 {report.changed}，未变 {report.unchanged}，拒绝 {len(report.refused)}。"
    )


def _article(title: str, number: str, on: date | None) -> int:
    day = on or moments.legal_date(moments.now())
    found = queries.get_article(title=title, article=number, on=day)
    until = f"至 {found.valid_until}（不含）" if found.valid_until else "起"
    print(f"《{found.law_title}》{found.article}　{found.chapter}")
    print(found.text)
    print(f"（{found.version_published} 公布，{found.valid_from} {until}有效；{found.status}）")
    if found.newer_from:
        print(f"提醒：{found.newer_from} 起有新版本。")
    return 0


def _versions(title: str) -> int:
    rows = queries.list_versions(title)
    for row in rows:
        print(f"{row.published}　{row.valid_from or '—'} ～ {row.valid_until or '—'}　{row.status}")
    if not rows:
        print("法律法规库里没有这部法规。")
    return 0 if rows else 1
