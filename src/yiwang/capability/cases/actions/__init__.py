"""The verbs of cases. All run in the caller's transaction; the journey knows their order."""

from yiwang.capability.cases.actions.afterwards import reopen, revoke
from yiwang.capability.cases.actions.deciding import (
    approve_by_rule,
    ask_for_person,
    confirm_by_person,
    decide,
    file_at_once,
    to_official,
)
from yiwang.capability.cases.actions.ending import close, conclude, deliver, mark_issued, withdraw
from yiwang.capability.cases.actions.erasing import erase
from yiwang.capability.cases.actions.examining import (
    accept,
    hand_back,
    refuse_acceptance,
    return_for_correction,
    supply_correction,
)
from yiwang.capability.cases.actions.keeping import block, hold, let_in, unblock
from yiwang.capability.cases.actions.limits import note_limit
from yiwang.capability.cases.actions.moving import NotYourOwnCase, SecondPersonNeeded, take_up
from yiwang.capability.cases.actions.opening import open_case, read_case, skip_numbers
from yiwang.capability.cases.actions.publishing import CannotPublishFlow, publish_flow
from yiwang.capability.cases.actions.rethinking import (
    ask_extension,
    decline_extension,
    grant_extension,
    pass_on_overdue,
    revoke_by_person,
)
from yiwang.capability.cases.actions.signing import (
    forget_phrase,
    forward,
    keep_phrase,
    send_back,
)
from yiwang.capability.cases.actions.silence import deem_accepted, deem_renewed, end_silence
from yiwang.capability.cases.actions.special import begin_special, end_special
from yiwang.capability.cases.actions.turning import not_ours, terminate, transfer
from yiwang.capability.cases.actions.work import forget_filter, hand_over, keep_filter, mend

__all__ = [
    "CannotPublishFlow",
    "NotYourOwnCase",
    "SecondPersonNeeded",
    "accept",
    "approve_by_rule",
    "ask_extension",
    "ask_for_person",
    "begin_special",
    "block",
    "close",
    "conclude",
    "confirm_by_person",
    "decide",
    "decline_extension",
    "deem_accepted",
    "deem_renewed",
    "deliver",
    "end_silence",
    "end_special",
    "erase",
    "file_at_once",
    "forget_filter",
    "forget_phrase",
    "forward",
    "grant_extension",
    "hand_back",
    "hand_over",
    "hold",
    "keep_filter",
    "keep_phrase",
    "let_in",
    "mark_issued",
    "mend",
    "not_ours",
    "note_limit",
    "open_case",
    "pass_on_overdue",
    "publish_flow",
    "read_case",
    "refuse_acceptance",
    "reopen",
    "return_for_correction",
    "revoke",
    "revoke_by_person",
    "send_back",
    "skip_numbers",
    "supply_correction",
    "take_up",
    "terminate",
    "to_official",
    "transfer",
    "unblock",
    "withdraw",
]
