"""Questions about cases: one, a page of them, and what the journey needs to go on."""

from yiwang.capability.cases.queries.flows import find_flow, get_flow, has_flow
from yiwang.capability.cases.queries.inside import (
    Inside,
    Notice,
    Revoked,
    get_decision,
    get_inside,
    get_notice,
    is_renewed_by_silence,
    is_silent,
    list_revoked,
    list_silent,
)
from yiwang.capability.cases.queries.keeping import list_phrases
from yiwang.capability.cases.queries.ledger import LedgerRow, iterate_ledger, list_known
from yiwang.capability.cases.queries.lists import list_cases
from yiwang.capability.cases.queries.one import find_receipt, get_case, get_shared_case

__all__ = [
    "Inside",
    "LedgerRow",
    "Notice",
    "Revoked",
    "find_flow",
    "find_receipt",
    "get_case",
    "get_decision",
    "get_flow",
    "get_inside",
    "get_notice",
    "get_shared_case",
    "has_flow",
    "is_renewed_by_silence",
    "is_silent",
    "iterate_ledger",
    "list_cases",
    "list_known",
    "list_phrases",
    "list_revoked",
    "list_silent",
]
