"""After a decision: the result, its delivery, the end; or the applicant's withdrawal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from yiwang.capability.cases.actions.moving import (
    announce,
    locked,
    required,
    step,
    written_once,
)
from yiwang.capability.cases.definitions import DeliveryProof
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseClosed, CaseDelivered, CaseIssued, CaseWithdrawn
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.inside import Held
from yiwang.kernel.actor import Actor


def mark_issued(
    *, case_key: Held, result_kind: str, result: str, actor: Actor, at: datetime
) -> Case:
    """The result exists; ``result`` is its reference (``licence:…``, ``entitlement:…``)."""
    row = locked(case_key, actor)
    changes = {"result_kind": result_kind, "result_reference": result, "issued_at": at}
    step(row, Step.ISSUE, actor=actor, at=at, changes=changes)
    announce(row, CaseIssued, actor=actor, at=at, result_kind=result_kind, result=result)
    return row


def deliver(
    *,
    case_key: Held,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    proof: DeliveryProof | None = None,
) -> Case:
    """The result or the decision is in the applicant's hands; ``proof``: how, when not electronically.

    Refusals: ``InvalidInput`` (nobody named who took it), ``CannotDo``, ``VersionConflict``.
    """
    row = locked(case_key, actor)
    changes: dict[str, object] = {"delivered_at": at}
    if proof is not None:
        required(proof.receiver, "由谁签收")
        changes["delivery"] = {**asdict(proof), "by": actor.reference}
    step(row, Step.DELIVER, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseDelivered, actor=actor, at=at)
    return row


def close(*, case_key: Held, actor: Actor, at: datetime) -> Case:
    """Nothing is left to do."""
    row = locked(case_key, actor)
    step(row, Step.CLOSE, actor=actor, at=at, changes={"ended_at": at})
    announce(row, CaseClosed, actor=actor, at=at)
    return row


def conclude(*, case_key: Held, result_kind: str, result: str, actor: Actor, at: datetime) -> Case:
    """The result exists, is in the applicant's hands electronically, and nothing is left to do: three
    steps as above, each with its fact, written once."""
    row = locked(case_key, actor)
    issued = {"result_kind": result_kind, "result_reference": result, "issued_at": at}
    with written_once(row, actor=actor) as take:
        take(row, Step.ISSUE, actor=actor, at=at, changes=issued)
        announce(row, CaseIssued, actor=actor, at=at, result_kind=result_kind, result=result)
        take(row, Step.DELIVER, actor=actor, at=at, changes={"delivered_at": at})
        announce(row, CaseDelivered, actor=actor, at=at)
        take(row, Step.CLOSE, actor=actor, at=at, changes={"ended_at": at})
        announce(row, CaseClosed, actor=actor, at=at)
    return row


def withdraw(*, case_key: str, version: int, actor: Actor, at: datetime) -> Case:
    """The applicant takes the application back, before a decision."""
    row = locked(case_key, actor)
    step(row, Step.WITHDRAW, actor=actor, at=at, version=version, changes={"ended_at": at})
    announce(row, CaseWithdrawn, actor=actor, at=at)
    return row
