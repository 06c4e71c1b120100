"""What cases allow and say, and who has them. Pure."""

from yiwang.capability.cases.rules.duties import (
    Order,
    is_own_case,
    may_take,
    needs_another,
    offices,
    order_of,
    party_of,
    place_of,
    posts_here,
)
from yiwang.capability.cases.rules.keeping import Held, account, keeper
from yiwang.capability.cases.rules.sentences import (
    DONE,
    UNDECIDED_ENDS,
    WAITING_FOR_APPLICANT,
    WAITING_FOR_OFFICIAL,
    Standing,
    appeal,
    headline,
    holder,
    next_step,
    steps,
)
from yiwang.capability.cases.rules.work import TURNS, WITHOUT_CHAIN, at_work, takes_up, turn_of

__all__ = [
    "DONE",
    "TURNS",
    "UNDECIDED_ENDS",
    "WAITING_FOR_APPLICANT",
    "WAITING_FOR_OFFICIAL",
    "WITHOUT_CHAIN",
    "Held",
    "Order",
    "Standing",
    "account",
    "appeal",
    "at_work",
    "headline",
    "holder",
    "is_own_case",
    "keeper",
    "may_take",
    "needs_another",
    "next_step",
    "offices",
    "order_of",
    "party_of",
    "place_of",
    "posts_here",
    "steps",
    "takes_up",
    "turn_of",
]
