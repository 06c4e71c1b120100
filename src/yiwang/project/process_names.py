"""What the supervisor keeps running, in the order it starts them. No imports: it stays light."""

from typing import Final

KEPT: Final = ("web", "worker", "errands", "sealer", "clock")
#: Kept as well where a folder for backups is named (YIWANG_BACKUP).
FOLLOWER: Final = "backup"
