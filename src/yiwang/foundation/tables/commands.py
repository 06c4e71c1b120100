"""``yiwang tables list | pull KEY | reconcile KEY``: tables that are kept in step here."""

from __future__ import annotations

import sys

from yiwang.foundation.tables import actions, queries
from yiwang.foundation.tables.definitions import COPY_STATE_LABELS, PHASE_LABELS
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

_USAGE = "用法：yiwang tables list | pull 编号 | reconcile 编号"


def main(arguments: list[str]) -> int:
    """0 when done; refusals are printed by the caller."""
    operator = machine("tables")
    match arguments:
        case ["list"]:
            for one in queries.list_copies(operator):
                print(
                    f"{one.key}\t{one.service}\t{one.place}\t{COPY_STATE_LABELS[one.state]}"
                    f"\t{PHASE_LABELS[one.phase]}\t第 {one.number} 批\t{one.problem or '正常'}"
                )
            return 0
        case ["pull", key]:
            pulled = actions.pull_copy(copy=key, actor=operator, at=now(), seconds=3600)
            problem = queries.get_copy(key, operator).problem
            print(problem or f"取了 {pulled.batches} 批、{pulled.rows} 行。")
            return 1 if problem else 0
        case ["reconcile", key]:
            equal = actions.reconcile_copy(copy=key, actor=operator, at=now())
            print({True: "两边一致。", False: "两边不一致，见差异。", None: "没有对成。"}[equal])
            return 0 if equal else 1
    print(_USAGE, file=sys.stderr)
    return 2
