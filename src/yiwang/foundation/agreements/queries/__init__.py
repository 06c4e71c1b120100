"""Requests and grants for those who may see them; what is recorded of using them."""

from yiwang.foundation.agreements.citing import count_doubted, list_item_needs
from yiwang.foundation.agreements.definitions import SIDE_LABELS
from yiwang.foundation.agreements.figures import list_offices
from yiwang.foundation.agreements.queries.grants import (
    find_consumer,
    get_grant,
    graded,
    labelled_fields,
    list_grants,
    list_published,
    list_trial_grants,
    published,
)
from yiwang.foundation.agreements.queries.requests import (
    DOUBTED,
    authority_places,
    get_offer,
    get_request,
    list_requests,
    list_unmet,
    offices_of,
)
from yiwang.foundation.agreements.queries.views import (
    acts_of,
    facts_of,
    grant_view,
    request_view,
    sides_of,
)
from yiwang.foundation.agreements.reports import count_savings, list_reports
from yiwang.foundation.agreements.trials import find_description, trial_fields
from yiwang.foundation.agreements.uses import count_uses, list_uses

__all__ = [
    "DOUBTED",
    "SIDE_LABELS",
    "acts_of",
    "authority_places",
    "count_doubted",
    "count_savings",
    "count_uses",
    "facts_of",
    "find_consumer",
    "find_description",
    "get_grant",
    "get_offer",
    "get_request",
    "graded",
    "grant_view",
    "labelled_fields",
    "list_grants",
    "list_item_needs",
    "list_offices",
    "list_published",
    "list_reports",
    "list_requests",
    "list_trial_grants",
    "list_unmet",
    "list_uses",
    "offices_of",
    "published",
    "request_view",
    "sides_of",
    "trial_fields",
]
