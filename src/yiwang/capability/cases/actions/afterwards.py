"""After the end: the body takes its decision back; or takes the matter up anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.moving import announce, locked, required, step
from yiwang.capability.cases.definitions import CitationRow, Ground
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseReopened, CaseRevoked
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor

#: What a decision leaves on a case, taken off again when it is decided anew.
UNDECIDED: dict[str, object] = {
    "decision": None, "outcome": "", "by_rule": False, "decided_by": "", "decided_at": None,
    "result_reference": "", "issued_at": None, "delivered_at": None, "delivery": None,
    "ended_at": None,
}  # fmt: skip


def revoke(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
) -> Case:
    """撤销 by the head of the body (行政许可法 69), with reasons and rights; the caller ends the result."""
    row = locked(case_key, actor)
    notice = {
        "problems": [],
        "reason": required(reason, "撤销的理由"),
        "basis": [asdict(c) for c in basis],
        "appeal": list(rules.appeal(review_body=row.content["review_body"])),
    }
    changes = {"ended_at": at, "notice": notice}
    result = row.result_reference
    step(row, Step.REVOKE, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseRevoked, actor=actor, at=at, result=result)
    return row


def reopen(
    *,
    case_key: str,
    version: int,
    ground: Ground,
    document: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Case:
    """Taken up anew because a review or a court said so; what was decided stays with the case.

    ``document``: number of the decision or judgment. Refusals: ``InvalidInput``, ``CannotDo``.
    """
    row = locked(case_key, actor)
    named = required(document, "决定书或者裁判文书的文号")
    said = required(reason, "要怎样重新办理")
    earlier = earlier_decision(row, f"{named}：{said}", at)
    content = {**row.content, "earlier": [*row.content.get("earlier", ()), earlier]}
    changes = {
        **UNDECIDED,
        "content": content,
        "accepted_at": row.accepted_at or at,
        "extension": None,
        "extension_asked_at": None,
        "extended_at": None,
        "silence_at": None,
    }
    step(row, Step.REOPEN, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseReopened, actor=actor, at=at, ground=Ground(ground).value)
    return row


def earlier_decision(row: Case, because: str, at: datetime) -> dict[str, object]:
    """The record of a decision that no longer stands."""
    return {
        "decision": row.decision,
        "outcome": row.outcome,
        "by_rule": row.by_rule,
        "decided_at": row.decided_at.isoformat() if row.decided_at else "",
        "result": row.result_reference,
        "revoked_at": at.isoformat(),
        "revoked_because": because,
    }
