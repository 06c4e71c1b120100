"""``yiwang keys list | rotate KIND | renew | master``: every key is changed while the house works on.

``rotate`` makes the next key of a kind; other processes take it up within two minutes, and what older
ones made stays good. ``renew`` closes again what lies under an older field key. ``master`` closes every
key again under a fresh master key.
"""

from __future__ import annotations

import sys
from typing import Final

from django.db import transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.kernel.references import reference
from yiwang.mechanisms.crypto import actions, queries, renewing
from yiwang.mechanisms.crypto.definitions import FIELDS, FILES, INDEX, SIGN_PREFIX, CannotRotate
from yiwang.mechanisms.journal import actions as journal

USAGE: Final = "用法：yiwang keys <list | rotate 种类 | renew | master>"
_BY: Final = machine("keys")
_LABELS: Final = {FIELDS: "字段加密", FILES: "文件加密", INDEX: "按号码查找"}
#: Others have to be told of a new key before it is used.
_ELSEWHERE: Final = {"sign-node": "yiwang node rotate"}


def main(arguments: list[str]) -> int:
    """0 when done; refusals are printed by the caller."""
    match arguments:
        case ["list"]:
            _list()
        case ["rotate", kind]:
            _rotate(kind)
        case ["renew"]:
            _renew()
        case ["master"]:
            _change_master()
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


def _list() -> None:
    kinds: dict[str, list[str]] = {}
    for key_id in queries.list_keys():
        kind, _, number = key_id.rpartition(".")
        kinds.setdefault(kind, []).append(number)
    for kind, numbers in kinds.items():
        label = _LABELS.get(kind, f"签名（{kind.removeprefix(SIGN_PREFIX)}）")
        older = f"，更早的 {'、'.join(numbers[:-1])} 号仍可读" if len(numbers) > 1 else ""
        print(f"{kind}\t{label}\t第 {numbers[-1]} 号{older}")


def _rotate(kind: str) -> None:
    if kind in _ELSEWHERE:
        raise CannotRotate("这把密钥要先告诉别的节点。", f"请用 {_ELSEWHERE[kind]}。")
    with transaction.atomic():
        key_id = actions.rotate(kind)
        _note("rotate", key_id)
    print(f"新密钥 {key_id}，两分钟内所有进程都会启用；旧的留着，以前的内容照常能用。")
    if kind.startswith(SIGN_PREFIX):
        print(f"公钥指纹 {queries.get_public_key(key_id).fingerprint}")


def _renew() -> None:
    total = 0
    for one in renewing.renew():
        total += one.values
        if one.values:
            print(f"{one.table}.{one.column}\t{one.values}")
    with transaction.atomic():
        _note("renew", FIELDS, values=total)
    print(f"重新加密 {total} 个值。")


def _change_master() -> None:
    count = actions.change_master()
    with transaction.atomic():
        _note("change_master", "master", keys=count)
    print(f"主密钥已更换，{count} 把密钥重新封好。请把 secrets/master-key 另存一份。")
    print(
        "备份半分钟内跟上；更换前另存到别处的副本还要用旧的（secrets/master-key.before），另存后删掉。"
    )


def _note(act: str, key: str, **facts: int) -> None:
    journal.record(
        actor=_BY, act=f"keys.{act}", subject=reference("key", key), at=now(), facts=facts
    )
