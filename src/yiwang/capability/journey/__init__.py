"""一网通办 The life of an application, from form to result, in order; the only place that knows it.

``applicant``: insist_on_assurance · start · answer · submit · ask_for_person · withdraw · review.
``looking_up``: look_up. ``correcting``: list_correctable · supply_correction.
``machine``: after_submission · decide_by_rule · write_receipt.
``acceptance``: accept · return_for_correction · hand_back · refuse_acceptance · not_ours · transfer ·
terminate · deem_accepted. ``special``: begin_special · end_special.
``official``: forward · send_back · decide · confirm_by_person. ``batch``: batch.
``rethinking``: ask_extension · grant_extension · decline_extension · revoke_by_person ·
pass_on_overdue. ``renewing``: renew_by_silence. ``results``: issue · deliver · go_on.
``afterwards``: revoke · reopen. ``together`` (asked for by its name): what other bodies, officers on
the spot, and the applicant with the official do.

Each step is one transaction. What differs from item to item is said by its pack, never here.
"""

from yiwang.capability.journey.acceptance import (
    accept,
    deem_accepted,
    hand_back,
    not_ours,
    refuse_acceptance,
    return_for_correction,
    terminate,
    transfer,
)
from yiwang.capability.journey.afterwards import reopen, revoke
from yiwang.capability.journey.applicant import (
    CannotStart,
    NotForYou,
    answer,
    ask_for_person,
    insist_on_assurance,
    review,
    start,
    submit,
    withdraw,
)
from yiwang.capability.journey.batch import BatchResult, batch
from yiwang.capability.journey.correcting import (
    Correctable,
    list_correctable,
    supply_correction,
)
from yiwang.capability.journey.looking_up import look_up
from yiwang.capability.journey.machine import after_submission, decide_by_rule, write_receipt
from yiwang.capability.journey.official import confirm_by_person, decide, forward, send_back
from yiwang.capability.journey.renewing import renew_by_silence
from yiwang.capability.journey.results import deliver, go_on, issue
from yiwang.capability.journey.rethinking import (
    ask_extension,
    decline_extension,
    grant_extension,
    pass_on_overdue,
    revoke_by_person,
)
from yiwang.capability.journey.special import begin_special, end_special

__all__ = [
    "BatchResult",
    "CannotStart",
    "Correctable",
    "NotForYou",
    "accept",
    "after_submission",
    "answer",
    "ask_extension",
    "ask_for_person",
    "batch",
    "begin_special",
    "confirm_by_person",
    "decide",
    "decide_by_rule",
    "decline_extension",
    "deem_accepted",
    "deliver",
    "end_special",
    "forward",
    "go_on",
    "grant_extension",
    "hand_back",
    "insist_on_assurance",
    "issue",
    "list_correctable",
    "look_up",
    "not_ours",
    "pass_on_overdue",
    "refuse_acceptance",
    "renew_by_silence",
    "reopen",
    "return_for_correction",
    "review",
    "revoke",
    "revoke_by_person",
    "send_back",
    "start",
    "submit",
    "supply_correction",
    "terminate",
    "transfer",
    "withdraw",
    "write_receipt",
]
