"""The registry publishes and settles, every node asks, follows and takes."""

from yiwang.network.nodes.actions.asking import (
    ask_for_new_key,
    ask_to_join,
    ask_to_leave,
    tell_changes,
    write_request,
)
from yiwang.network.nodes.actions.following import follow
from yiwang.network.nodes.actions.membership import begin, publish_members
from yiwang.network.nodes.actions.publishing import publish, renew
from yiwang.network.nodes.actions.settling import (
    change_own_key,
    confirm,
    decline,
    receive,
    remove,
    resume,
    settle_signed,
    suspend,
)
from yiwang.network.nodes.actions.taking import take

__all__ = [
    "ask_for_new_key",
    "ask_to_join",
    "ask_to_leave",
    "begin",
    "change_own_key",
    "confirm",
    "decline",
    "follow",
    "publish",
    "publish_members",
    "receive",
    "remove",
    "renew",
    "resume",
    "settle_signed",
    "suspend",
    "take",
    "tell_changes",
    "write_request",
]
