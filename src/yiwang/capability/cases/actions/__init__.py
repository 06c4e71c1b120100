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
from yiwang.capability.cases.actions.moving import NotYourOwnCase
from yiwang.capability.cases.actions.opening import CannotOpenCase, open_case, read_case
from yiwang.capability.cases.actions.publishing import CannotPublishFlow, publish_flow

__all__ = [
    "CannotOpenCase",
    "CannotPublishFlow",
    "NotYourOwnCase",
    "accept",
    "approve_by_rule",
    "ask_for_person",
    "close",
    "confirm_by_person",
    "decide",
    "deliver",
    "hand_back",
    "mark_issued",
    "open_case",
    "publish_flow",
    "read_case",
    "refuse_acceptance",
    "return_for_correction",
    "supply_correction",
    "to_official",
    "withdraw",
]
