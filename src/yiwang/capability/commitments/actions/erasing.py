"""销毁以后: what was promised in a case says nothing personal any more."""

from __future__ import annotations

from yiwang.capability.commitments.models import Commitment, Tolerance, Undertaking
from yiwang.kernel.references import ERASED


def erase(*, case: str) -> None:
    """Reasons and notes go; that something was promised, and what became of it, stays."""
    signed = Undertaking.objects.filter(subject=case)
    signed.update(text="（已销毁）", applicant=ERASED, signed_by=ERASED)
    Tolerance.objects.filter(case=case).update(reason="", applicant=ERASED)
    gone = {"applicant": ERASED, "applicant_masked": "（已销毁）", "notes": []}
    Commitment.objects.filter(case=case).update(**gone)
