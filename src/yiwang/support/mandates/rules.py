"""How a mandate stands, what its text says, which wishes cannot be: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from yiwang.kernel.actor import PowerAct
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem
from yiwang.support.mandates.definitions import (
    ACT_LABELS,
    LONGEST_TERM,
    PROPOSAL_LIFE,
    ConsentKind,
    MandateKind,
    Standing,
)

#: Whose matters and by whom: the kinds of reference each kind of mandate knows.
_PARTIES: Mapping[MandateKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    MandateKind.FAMILY: (("person",), ("person",)),
    MandateKind.FIRM_AGENT: (("organization",), ("person",)),
    MandateKind.HELPER: (("person", "organization"), ("person", "official")),
    MandateKind.COUNTER: (("person", "organization"), ("official",)),
}
_MOST_ITEMS = 100


def standing(
    *,
    at: datetime,
    valid_until: datetime,
    proposed_at: datetime,
    consent_kind: str,
    consented_at: datetime | None,
    accepted_at: datetime | None,
    revoked_at: datetime | None,
) -> Standing:
    """How it stands at a moment; the moments written down decide, nothing else."""
    agreed = consented_at is not None and accepted_at is not None
    if revoked_at is not None and revoked_at <= at:
        return Standing.REVOKED if agreed else Standing.DECLINED
    if at >= valid_until or (not agreed and at >= proposed_at + PROPOSAL_LIFE):
        return Standing.EXPIRED
    if agreed:
        return Standing.IN_FORCE
    if consented_at is not None:
        return Standing.WAITS_FOR_TAKER
    if consent_kind == ConsentKind.PAPER:
        return Standing.WAITS_FOR_SECOND
    return Standing.WAITS_FOR_GIVER


def acts_label(acts: Collection[PowerAct]) -> str:
    """In the order of their importance."""
    return "、".join(ACT_LABELS[act] for act in PowerAct if act in acts)


def text_of(
    *,
    giver: str,
    taker: str,
    items: Mapping[str, str] | None,
    acts: Collection[PowerAct],
    valid_from: datetime,
    valid_until: datetime,
) -> str:
    """授权委托书: names, matters, powers and term (民法典 第一百六十五条)."""
    what = "我的全部政务服务事项" if items is None else "、".join(f"“{n}”" for n in items.values())
    since, until = legal_date(valid_from).isoformat(), legal_date(valid_until).isoformat()
    return (
        f"委托人{giver}授权{taker}，在 {since} 至 {until} 期间，就{what}，"
        f"代我办理：{acts_label(acts)}。受托人不得再转给别人。"
        "我可以随时撤回，撤回后立即停止代办。"
    )


def problems(
    *,
    kind: MandateKind,
    giver: str,
    taker: str,
    items: Collection[str] | None,
    acts: Collection[PowerAct],
    valid_until: datetime,
    at: datetime,
) -> tuple[FieldProblem, ...]:
    """Everything wrong with a wished mandate."""
    givers, takers = _PARTIES[kind]
    wrong = []
    if giver == taker or taker.partition(":")[0] not in takers:
        wrong.append(FieldProblem("taker", "不能授权给这一方。", "请核对受托人。"))
    if giver.partition(":")[0] not in givers:
        wrong.append(FieldProblem("kind", "这种授权不适合现在的身份。", "请另选一种授权。"))
    if items is not None and not 0 < len(items) <= _MOST_ITEMS:
        wrong.append(FieldProblem("items", "请选授权的事项。", f"一次最多 {_MOST_ITEMS} 项。"))
    if not acts:
        wrong.append(FieldProblem("acts", "请选可以代办什么。", "至少选一项。"))
    if not at < valid_until <= at + LONGEST_TERM:
        wrong.append(FieldProblem("valid_until", "期限应在今天以后、三年以内。", "请改期限。"))
    return tuple(wrong)
