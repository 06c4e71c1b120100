"""The verbs of undertakings, late materials and commitments; the journey knows their order."""

from yiwang.capability.commitments.actions.checking import (
    NotYourOwnPromise,
    find_corrected,
    find_false,
    find_not_corrected,
    find_true,
    order_correction,
    report_correction,
)
from yiwang.capability.commitments.actions.committing import (
    end,
    hand_over,
    recompute,
    take_back,
    take_effect,
)
from yiwang.capability.commitments.actions.erasing import erase
from yiwang.capability.commitments.actions.signing import (
    CommitmentClosed,
    Handed,
    NotSigned,
    TextChanged,
    bind,
    insist_on_signed,
    insist_on_trust,
    sign,
)
from yiwang.capability.commitments.actions.tolerating import (
    begin,
    confirm,
    end_late,
    lapse,
    recompute_late,
    send_back,
    settle,
    supply,
)

__all__ = [
    "CommitmentClosed",
    "Handed",
    "NotSigned",
    "NotYourOwnPromise",
    "TextChanged",
    "begin",
    "bind",
    "confirm",
    "end",
    "end_late",
    "erase",
    "find_corrected",
    "find_false",
    "find_not_corrected",
    "find_true",
    "hand_over",
    "insist_on_signed",
    "insist_on_trust",
    "lapse",
    "order_correction",
    "recompute",
    "recompute_late",
    "report_correction",
    "send_back",
    "settle",
    "sign",
    "supply",
    "take_back",
    "take_effect",
]
