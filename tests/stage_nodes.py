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
    _sealed(lanzhou.code, at)
    here = "/console/nodes/"
    return here, f"{here}{lanzhou.code}/", f"{here}{police.code}/"


def _sealed(node: str, at: datetime) -> None:
    """A member that may use an office's seal and did; one whose permit was taken back."""
    from yiwang.kernel.actor import machine
    from yiwang.network.directory import sample as places
    from yiwang.network.nodes.models import ExchangeNode
    from yiwang.support.seals import actions, sample

    ExchangeNode.objects.filter(code=node).update(division_code="620100000000")
    market, civil = (places.department_uscc(places.CHENGGUAN, number) for number in (2, 1))
    sample.permit(node=node, body=market, at=at)
    actions.seal_for_member(call=sample.asked(node=node, body=market), at=at)
    over = sample.permit(node=node, body=civil, at=at)
    actions.revoke(key=over.key, reason="机构改革，换用新的印章", actor=machine("stage"), at=at)


def _agreed(node: str, at: datetime) -> None:
    from yiwang.support.identity import queries, sample
    from yiwang.support.identity.definitions import AccountKind

    account = queries.get_account_by_user_name("maxiaoyan", AccountKind.PERSON)
    sample.give_consent(account.subject, at=at, node=node)
