"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.capability.cases.events import CaseDecided, CaseSubmitted
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import reactions as indicators
from yiwang.kernel.events import Event

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {
    CaseSubmitted: [indicators.count_submitted],
    CaseDecided: [indicators.count_decided],
    ReviewGiven: [indicators.count_review],
}

#: Names of facts nobody reacts to today: timelines, statistics and the audit view read them from the
#: journal. A new event goes into one of the two tables.
UNHEARD: frozenset[str] = frozenset(
    {
        "cases.case_accepted",
        "cases.case_closed",
        "cases.case_corrected",
        "cases.case_delivered",
        "cases.case_handed_back",
        "cases.case_issued",
        "cases.case_refused",
        "cases.case_returned",
        "cases.case_withdrawn",
        "cases.flow_published",
        "cases.passed_to_official",
        "cases.person_answered",
        "cases.person_asked_for",
        "catalogue.import_undone",
        "catalogue.imported",
        "catalogue.item_published",
        "clocks.calendar_imported",
        "clocks.clock_recomputed",
        "clocks.clock_turned_red",
        "clocks.clock_turned_yellow",
        "entitlements.entitlement_granted",
        "entitlements.entitlement_stopped",
        "entitlements.month_closed",
        "licences.licence_issued",
        "licences.licence_state_changed",
        "reviews.rectification_closed",
        "reviews.rectification_opened",
        "rulings.table_published",
    }
)
