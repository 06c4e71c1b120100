"""核对: what must be right before it is received, in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.capability.commitments.definitions import PaperView
from yiwang.capability.halls.definitions import SessionView
from yiwang.capability.intake.definitions import Contradiction
from yiwang.capability.materials.definitions import MaterialView
from yiwang.kernel.refusals import FieldProblem


@dataclass(frozen=True, slots=True)
class Check:
    """One line: good, or what is lacking. ``needed``: nothing is received before it."""

    good: bool
    text: str
    detail: str = ""
    needed: bool = True


def checks_of(
    session: SessionView,
    *,
    wrong: Sequence[FieldProblem],
    missing: Sequence[MaterialView],
    unsigned: Sequence[PaperView],
    signed: bool,
    contradictions: Sequence[Contradiction],
) -> tuple[Check, ...]:
    """Who it is, the form, the materials, the undertakings, the signature; and what is worth a question."""
    found = [Check(True, f"身份：{session.found_label}")]
    found.append(
        Check(False, f"表还有 {len(wrong)} 处没填好", wrong[0].sentence)
        if wrong
        else Check(True, "申请表填全了")
    )
    found.append(
        Check(False, f"还缺 {len(missing)} 样材料", "、".join(one.name for one in missing))
        if missing
        else Check(True, "材料齐了")
    )
    if unsigned:
        names = "、".join(one.paper.title for one in unsigned)
        found.append(Check(False, "承诺书还没有逐条确认", names))
    found.append(
        Check(True, "申请人确认过现在这份表", _how(session))
        if signed
        else Check(False, "等申请人确认", "在签字板上签，或者打印出来签")
    )
    found.extend(
        Check(
            False,
            f"“{one.label}”和{one.source_label}不一样",
            "请问一句；申请人坚持的，照填的收，由承办人核对",
            needed=False,
        )
        for one in contradictions
    )
    return tuple(found)


def _how(session: SessionView) -> str:
    return {"PAD": "签字板", "PAPER": "纸质申请表签字"}.get(session.signing, "")
