"""Questions about cases: one, a page of them, and what the journey needs to go on."""

from yiwang.capability.cases.queries.flows import find_flow, get_flow, has_flow
from yiwang.capability.cases.queries.inside import (
    Inside,
    Notice,
    Revoked,
    find_extension_reason,
    find_open_on,
    get_decision,
    get_inside,
    get_notice,
    is_renewed_by_silence,
    is_silent,
    list_item_names,
    list_revoked,
    list_silent,
    list_standing,
)
from yiwang.capability.cases.queries.keeping import list_phrases
from yiwang.capability.cases.queries.ledger import LedgerRow, iterate_ledger, list_known
from yiwang.capability.cases.queries.lists import list_cases
from yiwang.capability.cases.queries.one import (
    find_receipt,
    get_case,
    get_shared_case,
    get_whole_case,
    has_ended,
)
from yiwang.capability.cases.queries.views import handed_in_by
from yiwang.capability.cases.queries.work import (
    count_filtered,
    count_held_by,
    count_work,
    get_filter,
    has_open_work,
    list_filters,
    list_kinds,
    list_overseen,
    list_work,
)

__all__ = [
    "Inside",
    "LedgerRow",
    "Notice",
    "Revoked",
    "count_filtered",
    "count_held_by",
    "count_work",
    "find_extension_reason",
    "find_flow",
    "find_open_on",
    "find_receipt",
    "get_case",
    "get_decision",
    "get_filter",
    "get_flow",
    "get_inside",
    "get_notice",
    "get_shared_case",
    "get_whole_case",
    "handed_in_by",
    "has_ended",
    "has_flow",
    "has_open_work",
    "is_renewed_by_silence",
    "is_silent",
    "iterate_ledger",
    "list_cases",
    "list_filters",
    "list_item_names",
    "list_kinds",
    "list_known",
    "list_overseen",
    "list_phrases",
    "list_revoked",
    "list_silent",
    "list_standing",
    "list_work",
]
