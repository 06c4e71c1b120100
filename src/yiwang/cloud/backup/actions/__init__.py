"""Take a backup, follow with it, bring an installation back."""

from yiwang.cloud.backup.actions.following import Follower, LogCut, follow_files
from yiwang.cloud.backup.actions.restoring import (
    bring_back_database,
    bring_back_files,
    bring_back_keys,
    bring_back_secrets,
    clear,
    refuse_living,
)
from yiwang.cloud.backup.actions.taking import take, take_dump

__all__ = [
    "Follower",
    "LogCut",
    "bring_back_database",
    "bring_back_files",
    "bring_back_keys",
    "bring_back_secrets",
    "clear",
    "follow_files",
    "refuse_living",
    "take",
    "take_dump",
]
