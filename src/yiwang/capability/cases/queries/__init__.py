"""Questions about cases: one, a page of them, and what the journey needs to go on."""

from yiwang.capability.cases.queries.flows import get_flow, has_flow
from yiwang.capability.cases.queries.inside import (
    Inside,
    Notice,
    Revoked,
    get_decision,
    get_inside,
    get_notice,
    list_revoked,
)
from yiwang.capability.cases.queries.ledger import LedgerRow, iterate_ledger, list_known
from yiwang.capability.cases.queries.lists import list_cases
from yiwang.capability.cases.queries.one import find_receipt, get_case

__all__ = [
    "Inside",
    "LedgerRow",
    "Notice",
    "Revoked",
    "find_receipt",
    "get_case",
    "get_decision",
    "get_flow",
    "get_inside",
    "get_notice",
    "has_flow",
    "iterate_ledger",
    "list_cases",
    "list_known",
    "list_revoked",
]
