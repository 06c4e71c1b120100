"""综合窗口: the order of one person's turn. Every step of the application is the applicant's own step.

``who``: find_by_card · find_by_number · act_for. ``what``: choose_item · take_up. ``confirming``:
print_form · sign_on_paper · sign_on_screen. ``taking_in``: receive · accept · return_for_correction · hand_back ·
consult. ``turns``: finish · serve_next · count_day.

收件 and 受理 are two acts: who stands at the window receives for the person present (``halls`` keeps the
turn), and accepts only where the item lets the window (``cases`` says who may).
"""

from yiwang.capability.journey.counter.confirming import (
    SCREEN,
    Filled,
    find_on_screen,
    get_filled,
    is_signed,
    print_form,
    sign_on_paper,
    sign_on_screen,
)
from yiwang.capability.journey.counter.taking_in import (
    accept,
    consult,
    hand_back,
    receive,
    return_for_correction,
)
from yiwang.capability.journey.counter.turns import (
    count_day,
    finish,
    serve_next,
)
from yiwang.capability.journey.counter.what import (
    choose_item,
    list_prepared,
    may_take,
    take_up,
)
from yiwang.capability.journey.counter.who import (
    act_for,
    acting,
    find_by_card,
    find_by_number,
    list_for_whom,
    may_act,
)

__all__ = [
    "SCREEN",
    "Filled",
    "accept",
    "act_for",
    "acting",
    "choose_item",
    "consult",
    "count_day",
    "find_by_card",
    "find_by_number",
    "find_on_screen",
    "finish",
    "get_filled",
    "hand_back",
    "is_signed",
    "list_for_whom",
    "list_prepared",
    "may_act",
    "may_take",
    "print_form",
    "receive",
    "return_for_correction",
    "serve_next",
    "sign_on_paper",
    "sign_on_screen",
    "take_up",
]
