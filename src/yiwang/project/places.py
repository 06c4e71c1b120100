"""Where a node of this machine is reached, and what its processes are started with. No imports: light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """``prefix``: the command that puts a process there; none for this machine's own network."""

    host: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()

    def command(self, words: Sequence[str]) -> list[str]:
        return [*self.prefix, *words]

    def environment(self, port: int, exchange_port: int) -> dict[str, str]:
        """How the node calls itself; nothing on this machine's own network, where that is the default."""
        if not self.prefix:
            return {}
        return {
            "YIWANG_HOSTS": f"{self.host},localhost,127.0.0.1",
            "YIWANG_ADDRESS": f"http://{self.host}:{port}",
            "YIWANG_EXCHANGE_ADDRESS": f"http://{self.host}:{exchange_port}",
        }


HERE: Final = Place()
