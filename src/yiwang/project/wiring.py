"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.capability.branches import reactions as branches
from yiwang.capability.branches.events import BranchLate, BranchNearlyDue
from yiwang.capability.cases import reactions as cases
from yiwang.capability.cases.events import (
    AcceptedBySilence,
    BlocksCleared,
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseDecided,
    CaseDelivered,
    CaseHandedBack,
    CaseLate,
    CaseNearlyDue,
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
    PersonAnswered,
    PersonAskedFor,
    RenewedBySilence,
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
from yiwang.capability.conversations.events import RemarkMade, ReplyLate
from yiwang.capability.entitlements.events import EntitlementStopAnnounced
from yiwang.capability.journey import reactions as applicants
from yiwang.capability.registers import reactions as registers
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.capability.visits import reactions as visits
from yiwang.capability.visits.events import VisitLate, VisitNearlyDue, VisitPlanned
from yiwang.centre.indicators import reactions as indicators
from yiwang.governance.supervision import reactions as supervision
from yiwang.kernel.events import Event
from yiwang.mechanisms.clocks.events import ClockRecomputed, ClockTurnedRed, ClockTurnedYellow
from yiwang.support.credit import reactions as credit
from yiwang.support.credit.events import BreachRepaired, RepairDeclined

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {
    CaseSubmitted: [indicators.count_submitted, applicants.tell_submitted],
    PassedToOfficial: [applicants.tell_passed_on, indicators.come_to_work],
    CaseAccepted: [applicants.tell_accepted, commitments.begin_late, indicators.go_on],
    CaseReturned: [applicants.tell_returned, registers.enter_returned, indicators.count_returned],
    CaseCorrected: [registers.note_corrected, indicators.go_on],
    CaseHandedBack: [
        applicants.tell_handed_back,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_handed_back,
        supervision.settle,
        indicators.count_refused,
    ],
    CaseRefused: [
        applicants.tell_refused,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_refused,
        supervision.settle,
        indicators.count_refused,
    ],
    CaseDecided: [
        indicators.count_decided,
        applicants.tell_decided,
        branches.close_branches,
        visits.close_visits,
        commitments.follow_decision,
        registers.enter_decided,
        supervision.settle,
    ],
    CaseWithdrawn: [
        applicants.tell_withdrawn,
        branches.close_branches,
        visits.close_visits,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.note_ended,
        supervision.settle,
        indicators.leave,
    ],
    CaseClosed: [applicants.invite_review, conversations.close_conversation, indicators.leave],
    CaseNotOurs: [
        applicants.tell_not_ours,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.enter_not_ours,
        supervision.settle,
        indicators.count_refused,
    ],
    CaseTransferred: [
        applicants.tell_transferred,
        branches.close_branches,
        visits.close_visits,
        conversations.follow_transfer,
        commitments.go_along,
        indicators.move,
    ],
    CaseTerminated: [
        applicants.tell_terminated,
        branches.close_branches,
        visits.close_visits,
        conversations.close_conversation,
        commitments.end_with_case,
        registers.note_ended,
        supervision.settle,
        indicators.leave,
    ],
    CaseRevoked: [applicants.tell_taken_back, commitments.end_with_case, indicators.leave],
    CaseReopened: [
        applicants.tell_reopened,
        commitments.end_with_case,
        registers.note_reopened,
        indicators.come_to_work,
    ],
    SpecialBegun: [applicants.tell_special],
    SpecialEnded: [applicants.tell_special_over, branches.close_review],
    BlocksCleared: [applicants.go_on_with_result],
    VisitPlanned: [applicants.tell_visit_planned],
    RemarkMade: [applicants.tell_remark],
    ClockRecomputed: [applicants.tell_new_date, commitments.move_days],
    ExtensionAsked: [registers.enter_asked],
    ExtensionDeclined: [registers.note_declined],
    ExtensionGranted: [applicants.tell_extended, registers.note_granted, indicators.count_extended],
    DecisionRevoked: [applicants.tell_revoked, commitments.wait_again, indicators.come_to_work],
    CorrectionOverdue: [applicants.tell_overdue, registers.note_overdue],
    PersonAskedFor: [indicators.come_to_work],
    PersonAnswered: [indicators.leave],
    CaseDelivered: [indicators.leave],
    RenewedBySilence: [indicators.leave],
    ClockTurnedRed: [
        cases.note_late,  # before silence accepts: then another clock runs
        applicants.pass_on_overdue,
        applicants.accept_by_silence,
        branches.tell_late,
        visits.tell_late,
        conversations.tell_late,
        commitments.lapse,
    ],
    ClockTurnedYellow: [
        applicants.remind_of_correction,
        cases.note_nearly_due,
        branches.tell_nearly_due,
        visits.tell_nearly_due,
        commitments.remind,
    ],
    CaseNearlyDue: [supervision.warn_of_case, indicators.come_near],
    CaseLate: [supervision.late_with_case, indicators.come_late],
    BranchNearlyDue: [supervision.warn_of_branch],
    BranchLate: [supervision.late_with_branch],
    VisitNearlyDue: [supervision.warn_of_visit],
    VisitLate: [supervision.late_with_visit],
    ReplyLate: [supervision.late_with_reply],
    EntitlementStopAnnounced: [applicants.tell_stop_announced],
    ReviewGiven: [indicators.count_review],
    AcceptedBySilence: [commitments.begin_late, indicators.go_on],
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
        "branches.branch_opened",
        "cases.case_forwarded",
        "cases.case_issued",
        "cases.case_sent_back",
        "cases.flow_published",
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
        "supervision.card_cancel_asked",
        "supervision.card_cancel_declined",
        "supervision.card_cancelled",
        "supervision.card_explained",
        "supervision.card_issued",
        "supervision.card_raised",
        "visits.visit_recorded",
        "visits.visit_skipped",
        "visits.visit_wanted",
    }
)
