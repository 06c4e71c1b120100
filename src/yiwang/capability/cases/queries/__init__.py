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
from yiwang.capability.cases.queries.lists import list_cases
from yiwang.capability.cases.queries.one import find_receipt, get_case

__all__ = [
    "Inside",
    "Notice",
    "Revoked",
    "find_receipt",
    "get_case",
    "get_decision",
    "get_flow",
    "get_inside",
    "get_notice",
    "has_flow",
    "list_cases",
    "list_revoked",
]
