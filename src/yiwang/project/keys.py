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
from yiwang.mechanisms.crypto.definitions import (
    FIELDS,
    FILES,
    INDEX,
    SESSION,
    SIGN_PREFIX,
    CannotRotate,
)
from yiwang.mechanisms.journal import actions as journal
from yiwang.project import session_keys

USAGE: Final = "用法：yiwang keys <list | rotate 种类 | renew | master>"
_BY: Final = machine("keys")
_LABELS: Final = {
    FIELDS: "字段加密",
    FILES: "文件加密",
    INDEX: "按号码查找",
    SESSION: "登录途中的步骤",
}
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
        print(f"{kind}\t{label}\t第 {numbers[-1]} 号{_older(kind, numbers[:-1])}")


def _older(kind: str, numbers: list[str]) -> str:
    """What may be said of a kind's earlier keys: most are good for ever, some are retired."""
    usable = {key_id.rpartition(".")[2] for key_id in queries.list_usable(kind)}
    told = (
        ("更早的 {} 号仍可读", [one for one in numbers if one in usable]),
        ("{} 号已停用", [one for one in numbers if one not in usable]),
    )
    return "".join("，" + words.format("、".join(some)) for words, some in told if some)


def _rotate(kind: str) -> None:
    if kind in _ELSEWHERE:
        raise CannotRotate("这把密钥要先告诉别的节点。", f"请用 {_ELSEWHERE[kind]}。")
    if kind == SESSION and not session_keys.are_ours():
        raise CannotRotate(
            "登录途中的密钥由环境变量 YIWANG_SECRET_KEY 给出，这里换不了它。",
            "请由保管它的系统更换，旧的写进 YIWANG_SECRET_KEY_FALLBACKS，留一天。",
        )
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
