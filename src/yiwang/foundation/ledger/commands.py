"""``yiwang ledger export FOLDER | verify | keys | sign``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from yiwang.foundation.ledger import actions, outside, queries, yiwang_verify
from yiwang.foundation.ledger import jobs as ledger
from yiwang.kernel.moments import now

USAGE = "用法：yiwang ledger <export 文件夹 | verify | keys | sign>"


def main(arguments: list[str]) -> int:
    verbs = {"export": _export, "verify": _verify, "keys": _keys, "sign": _sign}
    if not arguments or arguments[0] not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    return verbs[arguments[0]](arguments[1:])


def _export(arguments: Sequence[str]) -> int:
    """Everything an auditor needs; he runs ``yiwang_verify.py audit`` on it."""
    parser = argparse.ArgumentParser(prog="yiwang ledger export")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(list(arguments)).folder
    if folder.exists():
        print(f"{folder} 已经有了，请给一个新的文件夹名。", file=sys.stderr)
        return 2
    for tree, size in actions.export(folder, at=now()).items():
        print(f"{tree} {size} 片叶")
    (folder / "yiwang_verify.py").write_text(queries.verifier_text(), encoding="utf-8")
    print(f"核对：python3 {folder / 'yiwang_verify.py'} audit {folder}")
    return 0


def _verify(arguments: Sequence[str]) -> int:
    """Export into a folder that is thrown away, and verify; ``--trust``, ``--seen`` as the verifier."""
    parser = argparse.ArgumentParser(prog="yiwang ledger verify")
    parser.add_argument("--trust", action="append", default=[], help="可信公钥的 SM3 指纹")
    parser.add_argument("--seen", action="append", default=[], type=Path, help="见证节点记下的")
    given = parser.parse_args(list(arguments))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "export"
        actions.export(folder, at=now())
        return yiwang_verify.show(yiwang_verify.audit(folder, given.trust, given.seen))


def _keys(arguments: Sequence[str]) -> int:
    """Fingerprints to note down outside this installation."""
    del arguments
    for key_id, fingerprint in queries.fingerprints_of(yiwang_verify.read_keys(outside.folder())):
        print(f"签名公钥 {key_id} 指纹 {fingerprint}")
    return 0


def _sign(arguments: Sequence[str]) -> int:
    """A checkpoint now, countersigned where witnesses answer; for after maintenance."""
    del arguments
    while ledger.append_all(at=now()):
        continue
    ledger.sign(at=now())
    newest = queries.find_newest()
    if newest is None:
        print("账里还没有内容。")
        return 1
    names = [
        told["witness"]
        for told in queries.list_witness_signatures([newest.number]).get(newest.number, ())
    ]
    print(f"第 {newest.number} 号检查点，见证：{'、'.join(map(str, names)) or '无'}")
    return 0
