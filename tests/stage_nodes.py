"""A registry with two members, one of them kept out, and a newcomer that waits."""

from __future__ import annotations

from datetime import datetime

OPERATOR = "yunwei"


def addresses(at: datetime) -> tuple[str, ...]:
    """The pages of nodes, for the operator named above."""
    from yiwang.kernel.actor import machine
    from yiwang.network.nodes import actions, sample
    from yiwang.network.nodes.definitions import RequestKind

    lanzhou, police = sample.three_nodes(at=at)
    actions.suspend(code=police.code, reason="用途与申请不符", at=at, actor=machine("stage"))
    newcomer = sample.far_node("620200", "嘉峪关市（示例）")
    actions.receive(given=sample.asks(newcomer, RequestKind.JOIN, at=at), at=at)
    here = "/console/nodes/"
    return here, f"{here}{lanzhou.code}/", f"{here}{police.code}/"
