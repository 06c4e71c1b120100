"""一网通办 The life of an application, from form to result, in order; the only place that knows it.

``applicant``: start · answer · submit · ask_for_person · withdraw · review.
``looking_up``: look_up. ``correcting``: list_correctable · supply_correction.
``machine``: after_submission · decide_by_rule · write_receipt. ``official``: accept · return_for_correction ·
hand_back · refuse_acceptance · decide · confirm_by_person. ``rethinking``: ask_extension ·
grant_extension · decline_extension · revoke_by_person · pass_on_overdue. ``results``: issue · deliver.

Each step is one transaction. What differs from item to item is said by its pack, never here.
"""

from yiwang.capability.journey.applicant import (
    CannotStart,
    NotForYou,
    answer,
    ask_for_person,
    review,
    start,
    submit,
    withdraw,
)
from yiwang.capability.journey.correcting import (
    Correctable,
    list_correctable,
    supply_correction,
)
from yiwang.capability.journey.looking_up import look_up
from yiwang.capability.journey.machine import after_submission, decide_by_rule, write_receipt
from yiwang.capability.journey.official import (
    accept,
    confirm_by_person,
    decide,
    hand_back,
    refuse_acceptance,
    return_for_correction,
)
from yiwang.capability.journey.results import deliver, issue
from yiwang.capability.journey.rethinking import (
    ask_extension,
    decline_extension,
    grant_extension,
    pass_on_overdue,
    revoke_by_person,
)

__all__ = [
    "CannotStart",
    "Correctable",
    "NotForYou",
    "accept",
    "after_submission",
    "answer",
    "ask_extension",
    "ask_for_person",
    "confirm_by_person",
    "decide",
    "decide_by_rule",
    "decline_extension",
    "deliver",
    "grant_extension",
    "hand_back",
    "issue",
    "list_correctable",
    "look_up",
    "pass_on_overdue",
    "refuse_acceptance",
    "return_for_correction",
    "review",
    "revoke_by_person",
    "start",
    "submit",
    "supply_correction",
    "withdraw",
    "write_receipt",
]
