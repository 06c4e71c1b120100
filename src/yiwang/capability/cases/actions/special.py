"""特别程序: what alone stands outside the clock (行政许可法 45), each told in writing with its length."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models.functions import Greatest

from yiwang.capability.cases.actions.moving import announce, locked, required, step
from yiwang.capability.cases.definitions.flow import SPECIAL_LABELS, Special
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import SpecialBegun, SpecialEnded
from yiwang.capability.cases.models import Case, SpecialProcedure
from yiwang.capability.cases.queries.flows import find_flow
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound


def begin_special(
    *,
    case_key: str,
    version: int,
    kind: Special,
    reason: str,
    expected_on: date,
    actor: Actor,
    at: datetime,
) -> Case:
    """A hearing, test or the like begins; only of the kinds the item names, one of a kind at a time.

    Refusals: ``InvalidInput`` (kind not named or running, no reason, an end before today), ``CannotDo``.
    """
    row, said = locked(case_key, actor), required(reason, "为什么要进行特别程序")
    _insist_on_kind(row, Special(kind))
    if expected_on < legal_date(at):
        raise InvalidInput(
            fields=[FieldProblem("expected_on", "预计结束的日期已经过去", "，请改成今天或以后")]
        )
    step(row, Step.BEGIN_SPECIAL, actor=actor, at=at, version=version)
    SpecialProcedure.objects.create(
        case=row, kind=kind, reason=said, began_at=at, expected_on=expected_on
    )
    announce(row, SpecialBegun, actor=actor, at=at, kind=kind, expected_on=expected_on.isoformat())
    return row


def end_special(
    *, case_key: str, version: int, kind: Special, finding: str, actor: Actor, at: datetime
) -> Case:
    """It is over, with what it found; when it was the last one the clock runs again."""
    row, said = locked(case_key, actor), required(finding, "特别程序的结果")
    running = set(row.special_procedures.filter(ended_at=None).values_list("kind", flat=True))
    facts = {"last_special": len(running) == 1}
    if running and kind not in running:
        raise NotFound("没有正在进行的这种特别程序。", "请刷新页面，看看现在的情况。")
    step(row, Step.END_SPECIAL, actor=actor, at=at, version=version, facts=facts)
    row.special_procedures.filter(kind=kind, ended_at=None).update(
        ended_at=Greatest("began_at", at), finding=said
    )
    announce(row, SpecialEnded, actor=actor, at=at, kind=Special(kind).value)
    return row


def _insist_on_kind(row: Case, kind: Special) -> None:
    flow = find_flow(row.item_code, row.item_version)
    label = SPECIAL_LABELS[kind]
    if flow is None or kind not in flow.special:
        raise InvalidInput(
            fields=[FieldProblem("kind", f"这个事项没有“{label}”这种特别程序", "，请另选")]
        )
    if row.special_procedures.filter(kind=kind, ended_at=None).exists():
        raise InvalidInput(fields=[FieldProblem("kind", f"“{label}”已经在进行", "，不用再开始")])
