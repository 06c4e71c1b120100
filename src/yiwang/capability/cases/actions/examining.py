"""Before a decision: accept, tell what is missing once, hand back, refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.moving import announce, locked, required, step
from yiwang.capability.cases.definitions import AnswerRow, CitationRow
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import (
    CaseAccepted,
    CaseCorrected,
    CaseHandedBack,
    CaseRefused,
    CaseReturned,
)
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput


def accept(*, case_key: str, version: int, actor: Actor, at: datetime) -> Case:
    """The body takes the case up: it is complete and its matter."""
    row = locked(case_key, actor)
    step(row, Step.ACCEPT, actor=actor, at=at, version=version, changes={"accepted_at": at})
    announce(row, CaseAccepted, actor=actor, at=at)
    return row


def return_for_correction(
    *, case_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> Case:
    """Tell the applicant everything that is missing, at once and only once (行政许可法 32 as model)."""
    row, named = locked(case_key, actor), _named(problems)
    changes = {"notified_at": at, "notice": {"problems": named, "reason": ""}}
    step(row, Step.RETURN, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseReturned, actor=actor, at=at, items=len(named))
    return row


def supply_correction(
    *,
    case_key: str,
    version: int,
    answers: Mapping[str, object],
    rows: Sequence[AnswerRow],
    actor: Actor,
    at: datetime,
) -> Case:
    """The applicant hands in what was missing; the case goes on where it was. Answers not named stay."""
    row = locked(case_key, actor)
    changed = {r.field: asdict(r) for r in rows}
    kept = [changed.pop(r["field"], r) for r in row.content["rows"]]
    content = {
        **row.content,
        "answers": {**row.content["answers"], **answers},
        "rows": [*kept, *changed.values()],
    }
    changes = {"content": content, "corrected_at": at}
    step(row, Step.SUPPLY, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseCorrected, actor=actor, at=at)
    return row


def hand_back(
    *, case_key: str, version: int, problems: Sequence[str], actor: Actor, at: datetime
) -> Case:
    """Market registration: materials go back, told once, to be applied for anew (实施细则 18)."""
    row, named = locked(case_key, actor), _named(problems)
    changes = {"ended_at": at, "notice": {"problems": named, "reason": ""}}
    step(row, Step.HAND_BACK, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseHandedBack, actor=actor, at=at, items=len(named))
    return row


def refuse_acceptance(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
    advice: str = "",
) -> Case:
    """Not this body's matter, or not to be accepted: in writing, with reasons and where to turn."""
    row = locked(case_key, actor)
    notice = {
        "problems": [],
        "reason": required(reason, "不予受理的理由"),
        "advice": advice.strip(),
        "basis": [asdict(c) for c in basis],
        "appeal": list(rules.appeal(review_body=row.content["review_body"])),
    }
    changes = {"ended_at": at, "notice": notice}
    step(row, Step.REFUSE, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseRefused, actor=actor, at=at)
    return row


def _named(problems: Sequence[str]) -> list[str]:
    named = [problem.strip() for problem in problems if problem.strip()]
    if not named:
        raise InvalidInput("没有写明要补正什么。", "请把要补正的内容一次写全，一行一处。")
    return named
