"""销毁以后: what a case said is gone; its number, dates, states and outcome stay for the counts."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases.models import Case, CaseOpinion, SpecialProcedure
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import ERASED, split
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import actions as journal

_GONE = "（已销毁）"


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """Answers, reasons, opinions, files and whose it was: gone with the commit. Twice is once.

    Called when the last archive package of the case is destroyed, in the same transaction.
    """
    row = Case.objects.select_for_update().get(key=split(case)[1])
    row.content = {
        **row.content, "applicant_name": _GONE, "answers": {}, "rows": [], "earlier": [],
    }  # fmt: skip
    row.decision = _emptied(row.decision)
    row.notice = row.extension = row.delivery = None
    row.applicant = row.submitted_by = ERASED
    row.on_behalf_of, row.applicant_masked = "", _GONE
    row.idempotency_key = f"erased-{row.key}"
    row.save()
    CaseOpinion.objects.filter(case=row).update(text=_GONE)
    SpecialProcedure.objects.filter(case=row).update(reason=_GONE, finding=None)
    files.destroy_attached(subject=case, actor=actor, at=at)
    journal.record(actor=actor, act="cases.erased", subject=case, at=at)


def _emptied(decision: dict[str, object] | None) -> dict[str, object] | None:
    if decision is None:
        return None
    said = {"reason": _GONE, "conditions": "", "explanation": []}
    return decision | {name: value for name, value in said.items() if name in decision}
