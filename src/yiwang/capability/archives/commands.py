"""``yiwang archives check FILE.zip | publish FILE``: checking needs neither settings nor a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from yiwang.capability.archives import checker
from yiwang.mechanisms.files import checking
from yiwang.mechanisms.files.definitions import HARMFUL, Kind

NEEDS_DJANGO = False
USAGE = "用法：yiwang archives check 档案包.zip [--trust 指纹] | publish 保管期限表.yaml"


def main(arguments: list[str]) -> int:
    verbs = {"check": _check, "publish": _publish}
    if not arguments or arguments[0] not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    return verbs[arguments[0]](arguments[1:])


def _check(arguments: Sequence[str]) -> int:
    """四性检测 on one package anywhere: the command line needs this program, not this installation."""
    return checker.main(arguments, gate=_gate, harmful=HARMFUL)


def _gate(data: bytes, kind: str) -> tuple[str, str]:
    scanner = os.environ.get("YIWANG_FILE_SCANNER", "")
    return checking.find_problem(data, Kind(kind), scanner=scanner)


def _publish(arguments: Sequence[str]) -> int:
    """A new version of the retention table."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print(USAGE, file=sys.stderr)
        return 2
    import django

    django.setup()
    from yiwang.capability.archives import actions
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import now

    document = yaml.safe_load(Path(arguments[0]).read_text(encoding="utf-8"))
    table = actions.publish_retention(document=document, actor=machine("command-line"), at=now())
    print(f"保管期限表第 {table.version} 版已经发布，自 {table.valid_from} 起使用。")
    return 0
