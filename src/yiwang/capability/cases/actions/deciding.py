"""Decisions: by a rule (only ever yes), by an official, and the person behind the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.moving import announce, locked, required, step
from yiwang.capability.cases.actions.signing import insist_on_another, write_opinion
from yiwang.capability.cases.definitions import CitationRow, Outcome
from yiwang.capability.cases.definitions.flow import ChainStep
from yiwang.capability.cases.definitions.profiles import State, Step
from yiwang.capability.cases.events import (
    CaseDecided,
    PassedToOfficial,
    PersonAnswered,
    PersonAskedFor,
)
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.inside import Held
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.rulings.definitions import APPROVE, Ruling


class RuleDidNotApprove(ValueError):
    """A rule can only approve; anything else is an official's."""


def approve_by_rule(
    *,
    case_key: str,
    ruling: Ruling,
    basis: Sequence[CitationRow],
    conditions: str = "",
    actor: Actor,
    at: datetime,
) -> Case:
    """The decision table said yes: decided at once. Never no (个人信息保护法 24)."""
    if ruling.outcome != APPROVE:
        raise RuleDidNotApprove(ruling.key)
    row = locked(case_key, actor)
    decision = _decision(row, ruling.explanation[-1], conditions, basis, ruling.explanation)
    _decide(row, Step.APPROVE, Outcome.APPROVE, decision, actor, at, by_rule=True)
    return row


def to_official(*, case_key: Held, actor: Actor, at: datetime) -> Case:
    """No rule said yes: an official looks. This is not a refusal."""
    row = locked(case_key, actor)
    step(row, Step.TO_OFFICIAL, actor=actor, at=at)
    announce(row, PassedToOfficial, actor=actor, at=at, instant=row.instant)
    return row


def decide(
    *,
    case_key: Held,
    version: int,
    outcome: Outcome,
    reason: str,
    basis: Sequence[CitationRow],
    actor: Actor,
    at: datetime,
    conditions: str = "",
    explanation: Sequence[str] = (),
) -> Case:
    """An official approves or rejects, with reasons, article and, when rejecting, rights of appeal.

    Of two officials at once one decides, the other gets ``VersionConflict``. In a chain nobody decides
    who signed before: ``SecondPersonNeeded``.
    """
    row = locked(case_key, actor)
    what = "同意的理由" if outcome is Outcome.APPROVE else "不同意的理由"
    decision = _decision(row, required(reason, what), conditions, basis, explanation)
    if outcome is Outcome.REJECT:
        decision["appeal"] = list(rules.appeal(review_body=row.content["review_body"]))
    act = Step.APPROVE if outcome is Outcome.APPROVE else Step.REJECT
    chained = row.state == State.FOR_APPROVAL
    if chained:
        insist_on_another(row, actor)
    _decide(row, act, outcome, decision, actor, at, by_rule=False, version=version)
    if chained:
        write_opinion(row, ChainStep.APPROVE, act, outcome.value, reason.strip(), actor, at)
    return row


def file_at_once(
    *, case_key: str, basis: Sequence[CitationRow], actor: Actor, at: datetime
) -> Case:
    """备案: complete is filed, and the receipt goes out at once; nothing about it is weighed."""
    row = locked(case_key, actor)
    decision = _decision(row, "材料齐全、符合规定形式，予以备案。", "", basis, ())
    _decide(row, Step.APPROVE, Outcome.APPROVE, decision, actor, at, by_rule=True)
    return row


def ask_for_person(
    *, case_key: str, actor: Actor, at: datetime, version: int | None = None
) -> Case:
    """请人工办理: before a decision the case goes to an official; after a rule's, one looks again."""
    row = locked(case_key, actor)
    changes = {"person_asked_at": at, "person_answered_at": None}
    step(row, Step.ASK_FOR_PERSON, actor=actor, at=at, version=version, changes=changes)
    announce(row, PersonAskedFor, actor=actor, at=at, decided=bool(row.outcome))
    return row


def confirm_by_person(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> Case:
    """An official looked at what the rule had decided, and says so in writing."""
    row = locked(case_key, actor)
    said = required(reason, "复核意见")
    decision = {**(row.decision or {})}
    decision["explanation"] = [*decision.get("explanation", ()), f"人工复核：{said}"]
    changes = {"person_answered_at": at, "decision": decision}
    step(row, Step.CONFIRM_BY_PERSON, actor=actor, at=at, version=version, changes=changes)
    announce(row, PersonAnswered, actor=actor, at=at)
    return row


def _decision(
    row: Case,
    reason: str,
    conditions: str,
    basis: Sequence[CitationRow],
    explanation: Sequence[str],
) -> dict[str, object]:
    return {
        "reason": reason,
        "conditions": conditions.strip(),
        "basis": [asdict(c) for c in basis],
        "appeal": [],
        "explanation": list(explanation),
    }


def _decide(
    row: Case,
    act: Step,
    outcome: Outcome,
    decision: dict[str, object],
    actor: Actor,
    at: datetime,
    *,
    by_rule: bool,
    version: int | None = None,
) -> None:
    changes = {
        "outcome": outcome.value,
        "decision": decision,
        "by_rule": by_rule,
        "decided_by": actor.reference,
        "decided_at": at,
    }
    facts = {"rule_approved": by_rule}
    step(row, act, actor=actor, at=at, version=version, changes=changes, facts=facts)
    announce(row, CaseDecided, actor=actor, at=at, outcome=outcome.value, by_rule=by_rule)
