"""What the supervisor keeps running, in the order it starts them. No imports: it stays light."""

from typing import Final

KEPT: Final = ("web", "worker", "errands", "sealer", "clock")
