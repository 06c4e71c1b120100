"""What an application's notices are called and which values each of them may mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Known at every step.
ALWAYS: Final = frozenset(
    ["case_no", "item_name", "department", "department_name", "answer_by", "received_on", "phone"]
)
_DECIDED: Final = ALWAYS | {"decided_on"}
#: Of what was promised beside the case.
_PROMISED: Final = ALWAYS - {"answer_by", "received_on"}
#: Name of a notice (as ``tell`` looks for it) → the values its text may mention.
NOTICES: Final[Mapping[str, frozenset[str]]] = {
    "case-submitted": ALWAYS | {"next_step"},
    "case-to-person": ALWAYS,
    "case-accepted": ALWAYS,
    "case-returned": ALWAYS | {"reason", "correct_by"},
    "correction-due-soon": ALWAYS | {"correct_by"},
    "correction-overdue": ALWAYS | {"correct_by"},
    "case-handed-back": ALWAYS | {"reason", "remedy"},
    "case-refused": ALWAYS | {"reason", "appeal"},
    "case-not-ours": ALWAYS | {"reason", "remedy"},
    "case-transferred": ALWAYS,
    "case-terminated": ALWAYS | {"reason", "appeal"},
    "case-revoked": ALWAYS | {"reason", "appeal"},
    "case-reopened": ALWAYS | {"reason"},
    "special-begun": ALWAYS | {"reason", "due_on"},
    "case-approved": _DECIDED | {"result"},
    "case-rejected": _DECIDED | {"reason", "appeal"},
    "case-withdrawn": ALWAYS,
    "decision-revoked": ALWAYS | {"reason", "result"},
    "review-invited": _DECIDED,
    "due-date-changed": ALWAYS | {"reason"},
    "visit-planned": ALWAYS | {"visit_at", "place", "officers"},
    "remark-made": ALWAYS | {"next_step"},
    "entitlement-stopped": ALWAYS | {"reason", "appeal", "stops_on"},
    "late-material-opened": _PROMISED | {"material", "due_on"},
    "late-material-due-soon": _PROMISED | {"material", "due_on"},
    "late-material-sent-back": _PROMISED | {"material", "due_on", "reason"},
    "late-material-lapsed": _PROMISED | {"material", "result"},
    "commitment-in-force": _PROMISED | {"due_on"},
    "commitment-kept": _PROMISED,
    "correction-ordered": _PROMISED | {"reason", "due_on"},
    "correction-order-due-soon": _PROMISED | {"due_on"},
    "commitment-broken": _PROMISED | {"reason", "result"},
}
#: What an approval of a benefit can also say.
OF_A_BENEFIT: Final = frozenset(["monthly_yuan", "starts_on"])


def known_values(notice: str, *, benefit: bool) -> frozenset[str] | None:
    """The values a notice may mention; None when no step is told by that name."""
    values = NOTICES.get(notice)
    if values is not None and benefit and notice in ("case-approved", "review-invited"):
        return values | OF_A_BENEFIT
    return values


def expected_notices(*, instant: bool, registration: bool, benefit: bool) -> tuple[str, ...]:
    """The steps every case of such an item may meet and should be told in the pack's own words."""
    names = ["case-to-person"] if instant else ["case-submitted"]
    names += ["case-approved", "case-rejected"]
    if registration:
        names.append("case-handed-back")
    return (*names, *(["entitlement-stopped"] if benefit else []))
