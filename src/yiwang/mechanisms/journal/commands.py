"""``yiwang journal verify | tamper-test | heads``: needs neither settings nor models."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from yiwang.mechanisms.journal import tampering, verifier

NEEDS_DJANGO = False
USAGE = "用法：yiwang journal <verify|tamper-test|heads> [--database URL] [--heads 目录]"


def main(arguments: list[str]) -> int:
    verbs = {"verify": verifier.main, "tamper-test": _tamper_test, "heads": _heads}
    if not arguments or arguments[0] not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    return verbs[arguments[0]](arguments[1:])


def _tamper_test(arguments: Sequence[str]) -> int:
    """Show on a copy that every documented kind of tampering is noticed."""
    parser = argparse.ArgumentParser(prog="yiwang journal tamper-test")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", ""))
    try:
        return tampering.main(parser.parse_args(list(arguments)).database)
    except psycopg.Error as error:
        print(f"无法试验：{error}", file=sys.stderr)
        return 2


def _heads(arguments: Sequence[str]) -> int:
    """The newest signed heads, and the fingerprints to note down outside this machine."""
    parser = argparse.ArgumentParser(prog="yiwang journal heads")
    home = Path(os.environ.get("YIWANG_HOME", "var"))
    parser.add_argument("--heads", type=Path, default=home / "journal-heads")
    parser.add_argument("--last", type=int, default=10)
    given = parser.parse_args(list(arguments))
    report = verifier.Report()
    verifier.read_heads(given.heads, report)
    path = given.heads / "heads.jsonl"
    for line in (path.read_text().splitlines() if path.exists() else [])[-given.last :]:
        try:
            head = json.loads(line)
            print(f"{head['at']}  第 {head['position']} 号  {head['link']}  {head['key_id']}")
        except (ValueError, KeyError, TypeError):
            print("（没有写完的一行）")
    for key_id, fingerprint in report.keys.items():
        print(f"签名公钥 {key_id} 指纹 {fingerprint}")
    for finding in report.findings:
        print(f"问题[{finding.kind}] {finding.sentence}")
    return 0 if report.sound else 1
