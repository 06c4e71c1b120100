"""Verbs of paper: the shelf, originals, bags, parcels. Each runs in the caller's transaction."""

from yiwang.capability.deliveries.actions.bags import (
    begin_bag,
    find_piece,
    hand_over_bag,
    pack,
    receive_bag,
    seal_bag,
)
from yiwang.capability.deliveries.actions.erasing import erase
from yiwang.capability.deliveries.actions.moving import NotYourPaper
from yiwang.capability.deliveries.actions.originals import (
    find_original,
    give_back,
    report_missing,
    take_in,
)
from yiwang.capability.deliveries.actions.parcels import ask_courier, order_parcel, post
from yiwang.capability.deliveries.actions.shelf import (
    IdentityNotProved,
    collect,
    put_on_shelf,
    remind,
    take_off_shelf,
)

__all__ = [
    "IdentityNotProved",
    "NotYourPaper",
    "ask_courier",
    "begin_bag",
    "collect",
    "erase",
    "find_original",
    "find_piece",
    "give_back",
    "hand_over_bag",
    "order_parcel",
    "pack",
    "post",
    "put_on_shelf",
    "receive_bag",
    "remind",
    "report_missing",
    "seal_bag",
    "take_in",
    "take_off_shelf",
]
