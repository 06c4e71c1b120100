"""What an opinion must say, what it means for the case, and who may do what with a branch. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from yiwang.capability.branches.definitions import (
    OPINION_LABELS,
    BranchKind,
    BranchState,
    Opinion,
)
from yiwang.capability.cases.definitions.jointly import OnRefusal

LONGEST_TEXT = 2000
MOST_FILES = 5


def problems(opinion: str, reasons: str, conditions: str) -> tuple[tuple[str, str], ...]:
    """(field, sentence) for what cannot be taken: a no needs reasons, conditions need words."""
    found = []
    if opinion not in set(Opinion):
        found.append(("opinion", "请选一种意见。"))
    if opinion == Opinion.REFUSE and not reasons.strip():
        found.append(("reasons", "不同意要写明理由和依据。"))
    if opinion == Opinion.AGREE_WITH_CONDITIONS and not conditions.strip():
        found.append(("conditions", "附条件同意要写明条件。"))
    if opinion in (Opinion.AGREE, Opinion.REFUSE) and conditions.strip():
        found.append(("conditions", "附了条件的，请选“附条件同意”。"))
    for field, text in (("reasons", reasons), ("conditions", conditions)):
        if len(text) > LONGEST_TEXT:
            found.append((field, f"最多写 {LONGEST_TEXT} 字。"))
    return tuple(found)


def blocks(state: str, opinion: str, on_refusal: str) -> bool:
    """Does this branch keep the case from being approved?

    Open ones do; a no does when one no ends it (the lead may not overrule a body). Rejecting is free.
    """
    if state == BranchState.OPEN:
        return True
    return (
        state == BranchState.ANSWERED and opinion == Opinion.REFUSE and on_refusal == OnRefusal.ENDS
    )


def facts(*, kind: str, leads: bool, asked: bool) -> dict[str, bool]:
    """What the table's guards ask about this branch and this official."""
    return {
        "asked": asked,
        "leads": leads,
        "own_question": leads and kind != BranchKind.BRANCH,
    }


def state_label(kind: str, state: str, opinion: str, *, late: bool) -> str:
    """The branch in two words, for its department and its lead."""
    if state == BranchState.ANSWERED:
        return OPINION_LABELS[opinion]
    if state == BranchState.CLOSED:
        return "不再需要"
    return (
        "超过时限，还没有答复" if late else "专家评审中" if kind == BranchKind.EXPERT else "等答复"
    )


def public_label(kind: str, state: str, opinion: str) -> str:
    """The same for the applicant: an opinion the lead only weighs is not told before the decision."""
    if state == BranchState.ANSWERED:
        return OPINION_LABELS[opinion] if kind == BranchKind.BRANCH else "已经答复"
    if state == BranchState.CLOSED:
        return "不再需要"
    return "专家评审中" if kind == BranchKind.EXPERT else "正在审查"


def tone(kind: str, state: str, opinion: str) -> str:
    """now, good, bad or quiet: how a row is marked, beside its words."""
    if state == BranchState.OPEN:
        return "now"
    if state == BranchState.CLOSED or kind != BranchKind.BRANCH:
        return "quiet"
    return "bad" if opinion == Opinion.REFUSE else "good"


def shown(materials: Collection[str], allowed: Collection[str] | None) -> frozenset[str]:
    """Which of a case's materials the asked body is shown (个人信息保护法 6: no more than needed)."""
    return frozenset(materials) if allowed is None else frozenset(materials) & frozenset(allowed)


def in_time(answered_on: date, due_on: date | None) -> bool:
    """Answered on or before the last day."""
    return due_on is None or answered_on <= due_on
