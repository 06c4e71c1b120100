"""What takes a second person: a longer limit, and a machine's decision a person disagrees with."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.afterwards import UNDECIDED, earlier_decision
from yiwang.capability.cases.actions.moving import (
    SecondPersonNeeded,
    announce,
    locked,
    required,
    step,
)
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import (
    CorrectionOverdue,
    DecisionRevoked,
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
)
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor


def ask_extension(*, case_key: str, version: int, reason: str, actor: Actor, at: datetime) -> Case:
    """The examiner asks the head for more time, once, with the reason (行政许可法 42 and its like)."""
    row = locked(case_key, actor)
    asked = {"reason": required(reason, "情形怎样复杂"), "by": actor.reference}
    changes = {"extension": asked, "extension_asked_at": at}
    step(row, Step.ASK_EXTENSION, actor=actor, at=at, version=version, changes=changes)
    announce(row, ExtensionAsked, actor=actor, at=at)
    return row


def grant_extension(*, case_key: str, version: int, actor: Actor, at: datetime) -> Case:
    """The head approves; once a case. Refusals: ``SecondPersonNeeded``."""
    row = locked(case_key, actor)
    asked_by = (row.extension or {}).get("by", "")
    if rules.needs_another(actor, Step.GRANT_EXTENSION, asked_by=asked_by):
        raise SecondPersonNeeded
    changes = {"extended_at": at}
    step(row, Step.GRANT_EXTENSION, actor=actor, at=at, version=version, changes=changes)
    announce(row, ExtensionGranted, actor=actor, at=at)
    return row


def decline_extension(*, case_key: str, version: int, actor: Actor, at: datetime) -> Case:
    """The head says no: the limit stays, and the case is decided within it."""
    row = locked(case_key, actor)
    changes = {"extension": None, "extension_asked_at": None}
    step(row, Step.DECLINE_EXTENSION, actor=actor, at=at, version=version, changes=changes)
    announce(row, ExtensionDeclined, actor=actor, at=at)
    return row


def revoke_by_person(
    *, case_key: str, version: int, reason: str, actor: Actor, at: datetime
) -> Case:
    """A person disagrees with the machine: its decision is revoked and the case decided anew.

    What was decided and why it did not hold stay with the case; the caller revokes the result.
    """
    row = locked(case_key, actor)
    said = required(reason, "为什么撤销")
    earlier = earlier_decision(row, said, at)
    content = {**row.content, "earlier": [*row.content.get("earlier", ()), earlier]}
    changes = {**UNDECIDED, "content": content, "person_answered_at": at}
    result = row.result_reference
    step(row, Step.REVOKE_BY_PERSON, actor=actor, at=at, version=version, changes=changes)
    announce(row, DecisionRevoked, actor=actor, at=at, result=result)
    return row


def pass_on_overdue(*, case_key: str, actor: Actor, at: datetime) -> Case:
    """The time to mend is over: an official goes on; nothing lapses, and mending stays possible."""
    row = locked(case_key, actor)
    step(row, Step.SUPPLY_OVERDUE, actor=actor, at=at, changes={"supply_lapsed_at": at})
    announce(row, CorrectionOverdue, actor=actor, at=at)
    return row
