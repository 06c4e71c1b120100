"""``python -m yiwang_conformance declaration.json --address URL`` or ``--node URL --key-id ID``.

The secret of a node's key is read from the environment (``YIWANG_SECRET``), never from the command
line. Exit code 0: everything passed; 1: something did not; 2: it could not be tried.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from yiwang_client.signing import Key

from yiwang_conformance import declared, report
from yiwang_conformance.declared import Declared, NotDeclared
from yiwang_conformance.targets import Direct, Target, ThroughNode
from yiwang_conformance.trying import FAILED, SKIPPED, Result, try_all


def main(arguments: list[str] | None = None) -> int:
    """0, 1 or 2."""
    given = _parser().parse_args(arguments)
    try:
        target, service = _what(given)
    except (NotDeclared, ValueError, OSError) as error:
        print(f"不能检查：{error}", file=sys.stderr)
        return 2
    results = []
    for result in try_all(target, service):
        print(report.line(result), flush=True)
        results.append(result)
    told = report.make(target.name, service, results)
    print(_sum(results, str(told["digest"])))
    if given.report:
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        Path(given.report).write_text(text, encoding="utf-8")
    return 0 if told["passed"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yiwang-conformance", description=__doc__)
    parser.add_argument(
        "declaration", nargs="?", help="登记的内容（JSON）或 OpenAPI；经节点检查时可以不给"
    )
    parser.add_argument("--service", default="", help="经节点检查、没有登记文件时：服务编码")
    parser.add_argument("--examples", help="测试参数（JSON：found、not_found）")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--address", help="部门自己的服务地址")
    where.add_argument("--node", help="本节点交换端口的地址")
    parser.add_argument("--key-id", default="", help="经节点检查时：系统的密钥编号")
    parser.add_argument("--purpose", default="", help="经节点检查时：授权里的用途")
    parser.add_argument("--item", default="", help="经节点检查时：事项编码")
    parser.add_argument("--case", default="", help="经节点检查时：办件编号")
    parser.add_argument("--report", help="报告写到这个文件（JSON）")
    return parser


def _what(given: argparse.Namespace) -> tuple[Target, Declared]:
    examples = _json(given.examples) if given.examples else None
    if given.address:
        if not given.address.startswith(("http://", "https://")):
            raise ValueError("地址应以 http:// 或 https:// 开头。")
        if not given.declaration:
            raise ValueError("请给出登记的内容。")
        return Direct(given.address), declared.read(_json(given.declaration), examples)
    key = Key.given(given.key_id, os.environ.get("YIWANG_SECRET", ""))
    if not given.purpose:
        raise ValueError("经节点检查要用 --purpose 写明授权里的用途。")
    node = ThroughNode(given.node, key, given.purpose, given.item, given.case)
    source = _json(given.declaration) if given.declaration else node.openapi(given.service)
    return node, declared.read(source, examples)


def _json(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _sum(results: list[Result], digest: str) -> str:
    failed = sum(1 for one in results if one.result == FAILED)
    left = sum(1 for one in results if one.result == SKIPPED)
    passed = len(results) - failed - left
    return f"通过 {passed} 项，不通过 {failed} 项，未检 {left} 项。报告摘要（SM3）：{digest}"


if __name__ == "__main__":
    raise SystemExit(main())
