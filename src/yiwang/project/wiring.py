"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.capability.cases.events import (
    BlocksCleared,
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseHandedBack,
    CaseNotOurs,
    CaseRefused,
    CaseReopened,
    CaseReturned,
    CaseRevoked,
    CaseSubmitted,
    CaseTerminated,
    CaseTransferred,
    CaseWithdrawn,
    CorrectionOverdue,
    DecisionRevoked,
    ExtensionGranted,
    PassedToOfficial,
    SpecialBegun,
    SpecialEnded,
)
from yiwang.capability.entitlements.events import EntitlementStopAnnounced
from yiwang.capability.journey import reactions as applicants
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import reactions as indicators
from yiwang.kernel.events import Event
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedRed, ClockTurnedYellow

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {
    CaseSubmitted: [indicators.count_submitted, applicants.tell_submitted],
    PassedToOfficial: [applicants.tell_passed_on],
    CaseAccepted: [applicants.tell_accepted],
    CaseReturned: [applicants.tell_returned],
    CaseHandedBack: [applicants.tell_handed_back],
    CaseRefused: [applicants.tell_refused],
    CaseDecided: [indicators.count_decided, applicants.tell_decided],
    CaseWithdrawn: [applicants.tell_withdrawn],
    CaseClosed: [applicants.invite_review],
    CaseNotOurs: [applicants.tell_not_ours],
    CaseTransferred: [applicants.tell_transferred],
    CaseTerminated: [applicants.tell_terminated],
    CaseRevoked: [applicants.tell_taken_back],
    CaseReopened: [applicants.tell_reopened],
    SpecialBegun: [applicants.tell_special],
    SpecialEnded: [applicants.tell_special_over],
    BlocksCleared: [applicants.go_on_with_result],
    ClockRecomputed: [applicants.tell_new_date],
    ExtensionGranted: [applicants.tell_extended],
    DecisionRevoked: [applicants.tell_revoked],
    CorrectionOverdue: [applicants.tell_overdue],
    ClockTurnedRed: [applicants.pass_on_overdue, applicants.accept_by_silence],
    ClockTurnedYellow: [applicants.remind_of_correction],
    EntitlementStopAnnounced: [applicants.tell_stop_announced],
    ReviewGiven: [indicators.count_review],
}

#: Names of facts nobody reacts to today: timelines, statistics and the audit view read them from the
#: journal. A new event goes into one of the two tables.
UNHEARD: frozenset[str] = frozenset(
    {
        "cases.accepted_by_silence",
        "cases.case_corrected",
        "cases.case_delivered",
        "cases.case_forwarded",
        "cases.case_issued",
        "cases.case_sent_back",
        "cases.extension_asked",
        "cases.extension_declined",
        "cases.flow_published",
        "cases.person_answered",
        "cases.person_asked_for",
        "cases.renewed_by_silence",
        "catalogue.import_undone",
        "catalogue.imported",
        "catalogue.item_published",
        "clocks.calendar_imported",
        "clocks.clock_extended",
        "entitlements.entitlement_granted",
        "entitlements.entitlement_stopped",
        "entitlements.month_closed",
        "journey.difference_found",
        "licences.licence_issued",
        "licences.licence_state_changed",
        "reviews.rectification_closed",
        "reviews.rectification_opened",
        "rulings.table_published",
    }
)
