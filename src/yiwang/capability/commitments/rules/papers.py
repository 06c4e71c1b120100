"""What an undertaking says, word for word: what is signed. Pure.

The wording is fixed here and numbered; what differs is the item's. 国办发〔2020〕42号: the text names the
proof, the condition, the liability and the check; it is chosen freely, the ordinary road stays open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from yiwang.capability.catalogue.definitions import (
    Commitment,
    CommitmentKind,
    Item,
    Limit,
    Material,
    OnLapse,
)
from yiwang.capability.commitments.definitions import Paper, PaperKind, Ticked
from yiwang.mechanisms.clocks.definitions import UNIT_LABELS, Allowance

#: Rises with any change of a sentence below.
WORDING: Final = 1
_BARRED: Final = "有虚假承诺等严重失信记录、还没有修复的，不能用告知承诺方式。"


def tolerance_paper(item: Item, item_version: int, late: Sequence[Material]) -> Paper:
    """容缺受理承诺书: which papers come later, by when, and what follows when they do not."""
    lines = [f"{n}. {m.name}：自受理之日起{_within(m)}内补交。" for n, m in enumerate(late, 1)]
    told = (
        f"我向{item.department_name}申请办理“{item.name}”。下列材料现在还没有备齐，请先受理：",
        *lines,
        "先受理也是受理，办理时限照常计算，不因为补交而停。",
    )
    declared = [
        Ticked("in-time", "我在上面的期限内补交；补交以前，不领取办理结果。"),
        *_lapses(item, late),
        Ticked("true", "其他材料和填写的内容真实。"),
    ]
    return Paper(
        PaperKind.TOLERANCE, _version(item, item_version), "容缺受理承诺书", told, tuple(declared)
    )


def _lapses(item: Item, late: Sequence[Material]) -> list[Ticked]:
    by: dict[OnLapse, list[str]] = {}
    for material in late:
        if material.tolerance is not None:
            by.setdefault(material.tolerance.on_lapse, []).append(material.name)
    said = []
    if names := by.get(OnLapse.DECIDE):
        words = f"逾期没有补交{'、'.join(names)}的，按已经提交的材料作出决定，可能不予批准。"
        said.append(Ticked("decide", words))
    if names := by.get(OnLapse.WITHDRAW):
        words = f"逾期没有补交{'、'.join(names)}的，视为我撤回申请，由{item.department_name}终止办理；我可以重新申请。"
        said.append(Ticked("withdraw", words))
    return said


def commitment_paper(item: Item, item_version: int, promise: Commitment) -> Paper:
    """告知承诺书: what is told by the body, and what the applicant declares sentence by sentence."""
    permit = promise.kind is CommitmentKind.PERMIT
    told = [f"{item.department_name}告知：", f"办理事项：{item.name}。"]
    names = [m.name for m in item.materials if m.key in promise.replaces]
    if names:
        told.append(f"承诺代替的证明：{'、'.join(names)}。承诺以后不用提交。")
    if permit:
        told.append(f"承诺以后，材料齐全、符合法定形式的，{_decide(promise.decide)}。")
    told += [f"条件：{condition.text}。" for condition in item.conditions]
    told.append(f"核查：作出决定后{_say(promise.check.within)}内，{promise.check.how}。")
    told.append(f"责任：{promise.liability}{_correction(promise.correction)}")
    told.append(f"不适用：{_BARRED}{promise.not_for}")
    told.append("您可以不作承诺，按普通方式办理；两种方式一直都开放。")
    if promise.basis:
        said = "；".join(f"《{c.law}》{c.article}" for c in promise.basis)
        told.append(f"依据：{said}。")
    declared = [
        *(Ticked(f"item-{one.key}", one.text) for one in promise.statements),
        Ticked("read", "上面告知的内容我已经看清楚，自愿选择告知承诺方式。"),
        Ticked("liable", "承诺不实的，我承担上面告知的责任。"),
    ]
    title = "审批告知承诺书" if permit else "证明事项告知承诺书"
    version = _version(item, item_version)
    return Paper(PaperKind.COMMITMENT, version, title, tuple(told), tuple(declared))


def unticked(paper: Paper, agreed: Collection[str]) -> tuple[Ticked, ...]:
    """Sentences that were not ticked."""
    return tuple(one for one in paper.declared if one.key not in agreed)


def _within(material: Material) -> str:
    return _say(material.tolerance.within) if material.tolerance else ""


def _say(within: Allowance) -> str:
    return f"{within.amount}{UNIT_LABELS[within.unit]}"


def _decide(limit: Limit | None) -> str:
    if limit is None or limit.within.amount == 0:
        return "当场作出决定"
    return f"{_say(limit.within)}内作出决定"


def _correction(limit: Limit | None) -> str:
    return f"责令改正的，限期{_say(limit.within)}。" if limit is not None else ""


def _version(item: Item, item_version: int) -> str:
    return f"{item.code}@{item_version}/{WORDING}"
