"""Writing the registers from facts, and taking a register away as a file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from yiwang.capability.cases.events import CaseEvent
from yiwang.capability.cases.queries import Inside
from yiwang.capability.registers import queries
from yiwang.capability.registers.definitions import (
    KIND_LABELS,
    Became,
    Matter,
    RegisterEntryView,
    RegisterFilter,
    RegisterKind,
)
from yiwang.capability.registers.models import RegisterEntry
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.references import ERASED
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.support.letters.definitions import LetterView

_HAS: Final = """
SELECT 1 FROM registers_entry WHERE "case" = %s AND kind = %s AND became = ANY(%s::text[]) LIMIT 1
"""
_COLUMNS: Final = (
    "发生时间", "情形", "办件编号", "事项", "申请人", "单位", "文书", "处数", "理由和内容",
    "期限", "结果", "结果时间",
)  # fmt: skip


def enter(
    *,
    event: CaseEvent,
    position: int,
    kind: RegisterKind,
    matter: Matter,
    became: Became,
    inside: Inside,
    letter: LetterView | None,
    reason: str,
    items: int = 0,
    due_on: date | None = None,
) -> str:
    """One entry for one fact of the journal, its key; the same fact again writes nothing."""
    row, _ = RegisterEntry.objects.get_or_create(
        position=position,
        defaults={
            "kind": kind,
            "matter": matter,
            "case": event.subject,
            "case_no": event.case_no,
            "item_code": event.item_code,
            "item_name": inside.item_name,
            "applicant": event.applicant,
            "applicant_masked": inside.applicant_masked,
            "division_code": event.division_code,
            "department": event.department,
            "department_name": inside.department_name,
            "happened_at": event.at,
            "letter": letter.key if letter else "",
            "document": letter.title if letter else "",
            "reason": reason,
            "items": items,
            "due_on": due_on,
            "became": became,
        },
    )
    return row.key


def settle(
    *,
    case: str,
    kind: RegisterKind,
    became: Became,
    at: datetime,
    among: tuple[Became, ...] = (Became.WAITING,),
    letter: LetterView | None = None,
    due_on: date | None = None,
) -> None:
    """What became of the entries of one case that are in one of these states; nothing when there is none."""
    if not prepared.run(_HAS, [case, kind, list(among)]):
        return
    changes: dict[str, object] = {"became": became, "settled_at": at}
    if letter is not None:
        changes |= {"letter": letter.key, "document": letter.title}
    if due_on is not None:
        changes["due_on"] = due_on
    RegisterEntry.objects.filter(case=case, kind=kind, became__in=among).update(**changes)


@transaction.atomic
def export_register(
    *, kind: RegisterKind, filter: RegisterFilter, actor: Actor, at: datetime
) -> bytes:
    """One register as CSV, with reasons, names masked; who took it is written down.

    Refuses TooManyRows above 100,000.
    """
    count = queries.narrowed(actor, kind, filter).count()
    journal.record(
        actor=actor,
        act="registers.exported",
        subject=f"register:{kind.lower()}",
        at=at,
        purpose="导出台账",
        facts={"count": count},
    )
    return exports.write_csv(
        columns=_COLUMNS,
        rows=(_cells(one) for one in queries.iterate_entries(actor, kind=kind, filter=filter)),
        trace=f"{KIND_LABELS[kind]} {count} 条 {actor.reference} {at:%Y-%m-%dT%H:%M:%SZ}",
    )


def _cells(one: RegisterEntryView) -> list[str | int]:
    row = one.row
    return [
        _minute(row.happened_at),
        row.matter_label,
        row.case_no,
        row.item_name,
        row.applicant_masked,
        row.department_name,
        row.document,
        row.items,
        one.reason,
        row.due_on.isoformat() if row.due_on else "",
        row.became_label,
        _minute(row.settled_at) if row.settled_at else "",
    ]


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def erase(*, case: str) -> None:
    """销毁以后: the entry stays on its register, without reason and person."""
    gone = {"applicant": ERASED, "applicant_masked": "（已销毁）", "reason": ""}
    RegisterEntry.objects.filter(case=case).update(**gone)
