"""A registry with two members, one of them kept out, and a newcomer that waits; a citizen who agreed to be
vouched for at one of them."""

from __future__ import annotations

from datetime import datetime

OPERATOR = "yunwei"
#: What Lanzhou's door asks its host, as the browser carries it.
ASKED = f"/identity/authorize/?node=620100&state={'s' * 43}&challenge={'0' * 64}&level=2"


def addresses(at: datetime) -> tuple[str, ...]:
    """The pages of nodes, for the operator named above."""
    from yiwang.kernel.actor import machine
    from yiwang.network.nodes import actions, sample
    from yiwang.network.nodes.definitions import RequestKind

    lanzhou, police = sample.three_nodes(at=at)
    actions.suspend(code=police.code, reason="用途与申请不符", at=at, actor=machine("stage"))
    newcomer = sample.far_node("620200", "嘉峪关市（示例）")
    actions.receive(given=sample.asks(newcomer, RequestKind.JOIN, at=at), at=at)
    _agreed(police.code, at)
    here = "/console/nodes/"
    return here, f"{here}{lanzhou.code}/", f"{here}{police.code}/"


def _agreed(node: str, at: datetime) -> None:
    from yiwang.support.identity import queries, sample
    from yiwang.support.identity.definitions import AccountKind

    account = queries.get_account_by_user_name("maxiaoyan", AccountKind.PERSON)
    sample.give_consent(account.subject, at=at, node=node)
