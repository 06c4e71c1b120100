"""Not taken up here: not ours, another body's, or its purpose is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.actions.keeping import admit
from yiwang.capability.cases.actions.moving import announce, locked, required, step
from yiwang.capability.cases.definitions import CitationRow, NotOurs
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import CaseNotOurs, CaseTerminated, CaseTransferred
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput


def not_ours(
    *,
    case_key: str,
    version: int,
    kind: NotOurs,
    reason: str,
    where: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
) -> Case:
    """No licence is needed, or it is another body's matter: told at once, with where to turn.

    行政许可法 32 (1), (2). Refusals: ``InvalidInput`` (no reason; another body's and not which).
    """
    row, kind = locked(case_key, actor), NotOurs(kind)
    if kind is NotOurs.NOT_THIS_BODY:
        required(where, "应当向哪个机关申请")
    notice = {**_notice(row, reason, where, basis), "kind": kind.value}
    changes = {"ended_at": at, "notice": notice}
    step(row, Step.NOT_OURS, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseNotOurs, actor=actor, at=at, kind=kind.value)
    return row


def transfer(
    *,
    case_key: str,
    version: int,
    department: str,
    department_name: str,
    division_code: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Case:
    """转办 to the body whose matter it is, before acceptance. The day of receipt stays, and the clock.

    The body that passed it on may still open it. Refusals: ``InvalidInput`` (the same body, no reason).
    """
    row, said = locked(case_key, actor), required(reason, "为什么转办")
    if (department, division_code) == (row.department, row.division_code):
        raise InvalidInput("不能转办给自己。", "请选择有权办理的部门。")
    before = (row.department, row.department_name, row.division_code)
    moved = {"from": before[0], "from_name": before[1], "reason": said, "at": at.isoformat()}
    content = {
        "received_by": before[0],
        "received_by_name": before[1],
        **row.content,
        "transfers": [*row.content.get("transfers", ()), moved],
    }
    changes = {
        "department": department,
        "department_name": department_name,
        "division_code": division_code,
        "content": content,
    }
    step(row, Step.TRANSFER, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseTransferred, actor=actor, at=at, from_department=before[0])
    admit(
        row,
        department=before[0],
        division_code=before[2],
        reference=f"department:{department}",
        actor=actor,
        at=at,
    )
    return row


def terminate(
    *,
    case_key: str,
    version: int,
    reason: str,
    actor: Actor,
    at: datetime,
    basis: Sequence[CitationRow] = (),
) -> Case:
    """终止办理: the matter can go on no more; in writing, with reasons and rights of appeal."""
    row = locked(case_key, actor)
    changes = {"ended_at": at, "notice": _notice(row, reason, "", basis)}
    step(row, Step.TERMINATE, actor=actor, at=at, version=version, changes=changes)
    announce(row, CaseTerminated, actor=actor, at=at)
    return row


def _notice(row: Case, reason: str, advice: str, basis: Sequence[CitationRow]) -> dict[str, object]:
    return {
        "problems": [],
        "reason": required(reason, "理由"),
        "advice": advice.strip(),
        "basis": [asdict(c) for c in basis],
        "appeal": list(rules.appeal(review_body=row.content["review_body"])),
    }
