"""``yiwang node show | list | join [FINGERPRINT] | rotate | leave | request``: this installation among others.

``join`` asks the registry named by YIWANG_REGISTRY; the fingerprint is the registry's, as its operator
read it out. ``request`` prints the signed request instead of sending it, for a way without a network.
"""

from __future__ import annotations

import json
import sys
from typing import Final

from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.network.nodes import actions, queries
from yiwang.network.nodes.definitions import (
    ROLE_LABELS,
    STATE_LABELS,
    NodeView,
    RequestKind,
    RequestState,
)

_USAGE: Final = "用法：yiwang node show | list | join 登记机构指纹 | rotate | leave | request"
_BY: Final = machine("node")


def main(arguments: list[str]) -> int:
    """0 when done; refusals are printed by the caller."""
    match arguments:
        case ["show"]:
            show(queries.own())
        case ["list"]:
            for node in queries.list_nodes():
                print(f"{node.code}\t{STATE_LABELS[node.state]}\t{node.name}\t{node.address}")
        case ["join", *fingerprint] if fingerprint:
            join("".join(fingerprint))
        case ["rotate"]:
            rotate()
        case ["leave"]:
            actions.ask_to_leave(at=now(), actor=_BY)
            print("已告诉登记机构，几秒钟后各节点都不再与本节点交换。")
        case ["request"]:
            print(json.dumps(actions.write_request(RequestKind.JOIN, at=now())))
        case _:
            print(_USAGE, file=sys.stderr)
            return 2
    return 0


def show(node: NodeView) -> None:
    """Who we are, with the fingerprint to read out."""
    print(f"节点 {node.code}　{node.name}　{ROLE_LABELS[node.role]}　{STATE_LABELS[node.state]}")
    print(f"地址 {node.address}")
    print(f"密钥 {node.key.key_id}　指纹 {spaced(node.key.fingerprint)}")
    contact = queries.find_contact()
    if contact is not None:
        print(f"登记机构 {contact.problem or '联系正常'}")


def join(fingerprint: str) -> None:
    """Ask, and say what to read out to whom."""
    state = actions.ask_to_join(registry_fingerprint=fingerprint, at=now(), actor=_BY)
    own = queries.own()
    if state is RequestState.DONE:
        print("本节点已经是成员。")
        return
    print("申请已送到登记机构，已信任它的公钥。请给登记机构的运维人员打电话，报本节点的指纹：")
    print(f"  {spaced(own.key.fingerprint)}")
    print("确认后几秒钟内自动生效，用 yiwang node show 看。")


def rotate() -> None:
    """A new key, told to everybody before it is used."""
    if queries.is_registry():
        key_id = actions.change_own_key(at=now(), actor=_BY)
    else:
        key_id = actions.ask_for_new_key(at=now(), actor=_BY)
    print(f"新密钥 {key_id}，十几秒后启用；旧的再有效一天。")


def spaced(fingerprint: str) -> str:
    """In fours, as one reads it out."""
    return " ".join(fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4))
