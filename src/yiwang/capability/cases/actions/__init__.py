"""The verbs of cases. All run in the caller's transaction; the journey knows their order."""

from yiwang.capability.cases.actions.deciding import (
    approve_by_rule,
    ask_for_person,
    confirm_by_person,
    decide,
    to_official,
)
from yiwang.capability.cases.actions.ending import close, deliver, mark_issued, withdraw
from yiwang.capability.cases.actions.examining import (
    accept,
    hand_back,
    refuse_acceptance,
    return_for_correction,
    supply_correction,
)
from yiwang.capability.cases.actions.keeping import block, hold, let_in, unblock
from yiwang.capability.cases.actions.moving import NotYourOwnCase
from yiwang.capability.cases.actions.opening import open_case, read_case
from yiwang.capability.cases.actions.publishing import CannotPublishFlow, publish_flow
from yiwang.capability.cases.actions.rethinking import (
    SecondPersonNeeded,
    ask_extension,
    decline_extension,
    grant_extension,
    pass_on_overdue,
    revoke_by_person,
)

__all__ = [
    "CannotPublishFlow",
    "NotYourOwnCase",
    "SecondPersonNeeded",
    "accept",
    "approve_by_rule",
    "ask_extension",
    "ask_for_person",
    "block",
    "close",
    "confirm_by_person",
    "decide",
    "decline_extension",
    "deliver",
    "grant_extension",
    "hand_back",
    "hold",
    "let_in",
    "mark_issued",
    "open_case",
    "pass_on_overdue",
    "publish_flow",
    "read_case",
    "refuse_acceptance",
    "return_for_correction",
    "revoke_by_person",
    "supply_correction",
    "to_official",
    "unblock",
    "withdraw",
]
