"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.capability.branches import reactions as branches
from yiwang.capability.cases.events import (
    AcceptedBySilence,
    BlocksCleared,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
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
    ExtensionAsked,
    ExtensionDeclined,
    ExtensionGranted,
    PassedToOfficial,
    SpecialBegun,
    SpecialEnded,
)
from yiwang.capability.commitments import reactions as commitments
from yiwang.capability.commitments.events import (
    CommitmentBroken,
    CommitmentKept,
    CommitmentTookEffect,
    CorrectionOrdered,
    LateMaterialSentBack,
    ToleranceLapsed,
    ToleranceOpened,
)
from yiwang.capability.conversations import reactions as conversations
from yiwang.capability.conversations.events import RemarkMade
from yiwang.capability.entitlements.events import EntitlementStopAnnounced
from yiwang.capability.journey import reactions as applicants
from yiwang.capability.registers import reactions as registers
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.capability.visits import reactions as visits
from yiwang.capability.visits.events import VisitPlanned
from yiwang.centre.indicators import reactions as indicators
from yiwang.kernel.events import Event
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedRed, ClockTurnedYellow
from yiwang.support.credit import reactions as credit
from yiwang.support.credit.events import BreachRepaired, RepairDeclined

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {
    CaseSubmitted: [indicators.count_submitted, applicants.tell_submitted],
    PassedToOfficial: [applicants.tell_passed_on],
    CaseAccepted: [applicants.tell_accepted, commitments.begin_late],
    CaseReturned: [applicants.tell_returned, registers.enter_returned],
    CaseCorrected: [registers.note_corrected],
    CaseHandedBack: [
        applicants.tell_handed_back,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_handed_back,
    ],
    CaseRefused: [
        applicants.tell_refused,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_refused,
    ],
    CaseDecided: [
        indicators.count_decided,
        applicants.tell_decided,
        branches.close_branches,
        visits.close_visits,
        commitments.follow_decision,
        registers.enter_decided,
    ],
    CaseWithdrawn: [
        applicants.tell_withdrawn,
        branches.close_branches,
        visits.close_visits,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.note_ended,
    ],
    CaseClosed: [applicants.invite_review, conversations.close_conversation],
    CaseNotOurs: [
        applicants.tell_not_ours,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_not_ours,
    ],
    CaseTransferred: [
        applicants.tell_transferred,
        branches.close_branches,
        visits.close_visits,
        conversations.follow_transfer,
        commitments.go_along,
    ],
    CaseTerminated: [
        applicants.tell_terminated,
        branches.close_branches,
        visits.close_visits,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.note_ended,
    ],
    CaseRevoked: [applicants.tell_taken_back, commitments.end_with_case],
    CaseReopened: [applicants.tell_reopened, commitments.end_with_case, registers.note_reopened],
    SpecialBegun: [applicants.tell_special],
    SpecialEnded: [applicants.tell_special_over, branches.close_review],
    BlocksCleared: [applicants.go_on_with_result],
    VisitPlanned: [applicants.tell_visit_planned],
    RemarkMade: [applicants.tell_remark],
    ClockRecomputed: [applicants.tell_new_date, commitments.move_days],
    ExtensionAsked: [registers.enter_asked],
    ExtensionDeclined: [registers.note_declined],
    ExtensionGranted: [applicants.tell_extended, registers.note_granted],
    DecisionRevoked: [applicants.tell_revoked, commitments.wait_again],
    CorrectionOverdue: [applicants.tell_overdue, registers.note_overdue],
    ClockTurnedRed: [
        applicants.pass_on_overdue,
        applicants.accept_by_silence,
        branches.tell_late,
        visits.tell_late,
        conversations.tell_late,
        commitments.lapse,
    ],
    ClockTurnedYellow: [
        applicants.remind_of_correction,
        branches.tell_nearly_due,
        visits.tell_nearly_due,
        commitments.remind,
    ],
    EntitlementStopAnnounced: [applicants.tell_stop_announced],
    ReviewGiven: [indicators.count_review],
    AcceptedBySilence: [commitments.begin_late],
    ToleranceOpened: [commitments.tell_late],
    LateMaterialSentBack: [commitments.tell_sent_back],
    ToleranceLapsed: [commitments.tell_lapsed],
    CommitmentTookEffect: [commitments.tell_in_force],
    CommitmentKept: [commitments.tell_kept],
    CorrectionOrdered: [commitments.tell_ordered],
    CommitmentBroken: [commitments.tell_broken],
    BreachRepaired: [credit.tell_repaired],
    RepairDeclined: [credit.tell_declined],
}

#: Names of facts nobody reacts to today: timelines, statistics and the audit view read them from the
#: journal. A new event goes into one of the two tables.
UNHEARD: frozenset[str] = frozenset(
    {
        "branches.branch_answered",
        "branches.branch_asked_again",
        "branches.branch_closed",
        "branches.branch_late",
        "branches.branch_nearly_due",
        "branches.branch_opened",
        "cases.case_delivered",
        "cases.case_forwarded",
        "cases.case_issued",
        "cases.case_sent_back",
        "cases.flow_published",
        "cases.person_answered",
        "cases.person_asked_for",
        "cases.renewed_by_silence",
        "catalogue.import_undone",
        "catalogue.imported",
        "catalogue.item_published",
        "clocks.calendar_imported",
        "clocks.clock_extended",
        "commitments.commitment_made",
        "commitments.correction_reported",
        "commitments.late_material_confirmed",
        "commitments.late_material_promised",
        "commitments.late_material_supplied",
        "conversations.reply_late",
        "credit.breach_recorded",
        "credit.repair_asked",
        "entitlements.entitlement_granted",
        "entitlements.entitlement_stopped",
        "entitlements.month_closed",
        "halls.consultation_given",
        "halls.person_served",
        "halls.shift_ended",
        "journey.difference_found",
        "licences.licence_issued",
        "licences.licence_state_changed",
        "mandates.proposed",
        "mandates.revoked",
        "mandates.took_effect",
        "reviews.rectification_closed",
        "reviews.rectification_opened",
        "rulings.table_published",
        "visits.visit_late",
        "visits.visit_nearly_due",
        "visits.visit_recorded",
        "visits.visit_skipped",
        "visits.visit_wanted",
    }
)
