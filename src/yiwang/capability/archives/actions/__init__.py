"""The verbs of the archive: becoming due, building, testing, keeping, handing over, destroying by two."""

from yiwang.capability.archives.actions.appraising import (
    confirm_destruction,
    decline_destruction,
    prolong,
    propose_destruction,
)
from yiwang.capability.archives.actions.building import build
from yiwang.capability.archives.actions.handing_over import (
    add_to_hand_over,
    begin_hand_over,
    carry_out,
    drop_from_hand_over,
    export_list,
    send_hand_over,
)
from yiwang.capability.archives.actions.holding import lift_hold, place_hold
from yiwang.capability.archives.actions.noting import become_due, put_off, set_aside
from yiwang.capability.archives.actions.publishing import publish_retention
from yiwang.capability.archives.actions.testing import check_package, open_package
from yiwang.capability.archives.rules import (
    ArchiveAway,
    CannotArchive,
    NoRetentionTable,
    SecondKeeperNeeded,
    UnderHold,
)

__all__ = [
    "ArchiveAway",
    "CannotArchive",
    "NoRetentionTable",
    "SecondKeeperNeeded",
    "UnderHold",
    "add_to_hand_over",
    "become_due",
    "begin_hand_over",
    "build",
    "carry_out",
    "check_package",
    "confirm_destruction",
    "decline_destruction",
    "drop_from_hand_over",
    "export_list",
    "lift_hold",
    "open_package",
    "place_hold",
    "prolong",
    "propose_destruction",
    "publish_retention",
    "put_off",
    "send_hand_over",
    "set_aside",
]
