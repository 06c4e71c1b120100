"""After a decision: the result, its delivery, the end; or the applicant's withdrawal."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases.actions.moving import announce, locked, step
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseClosed, CaseDelivered, CaseIssued, CaseWithdrawn
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor


def mark_issued(
    *, case_key: str, result_kind: str, result: str, actor: Actor, at: datetime
) -> Case:
    """The result exists; ``result`` is its reference (``licence:…``, ``entitlement:…``)."""
    row = locked(case_key, actor)
    changes = {"result_kind": result_kind, "result_reference": result, "issued_at": at}
    step(row, Step.ISSUE, actor=actor, at=at, changes=changes)
    announce(row, CaseIssued, actor=actor, at=at, result_kind=result_kind, result=result)
    return row


def deliver(*, case_key: str, actor: Actor, at: datetime) -> Case:
    """The result or the decision is in the applicant's hands."""
    row = locked(case_key, actor)
    step(row, Step.DELIVER, actor=actor, at=at, changes={"delivered_at": at})
    announce(row, CaseDelivered, actor=actor, at=at)
    return row


def close(*, case_key: str, actor: Actor, at: datetime) -> Case:
    """Nothing is left to do."""
    row = locked(case_key, actor)
    step(row, Step.CLOSE, actor=actor, at=at, changes={"ended_at": at})
    announce(row, CaseClosed, actor=actor, at=at)
    return row


def withdraw(*, case_key: str, version: int, actor: Actor, at: datetime) -> Case:
    """The applicant takes the application back, before a decision."""
    row = locked(case_key, actor)
    step(row, Step.WITHDRAW, actor=actor, at=at, version=version, changes={"ended_at": at})
    announce(row, CaseWithdrawn, actor=actor, at=at)
    return row
