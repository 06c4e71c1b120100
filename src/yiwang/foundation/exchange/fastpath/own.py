"""本机服务: a service this node's own house answers, asked of its own pages with a proof that the exchange asks.

``house:<name>``: nobody but this node's exchange holds the key the proof is made with, so the pages need no
secret of their own for it (decision 0351).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yiwang.foundation.exchange.fastpath import envelope, notation

PREFIX: Final = "house:"
#: What the index key proves here, and nothing else.
PURPOSE: Final = "exchange.house"
PATH: Final = "/exchange/house/"
_LONGEST_SUBJECT: Final = 80


def address_of(name: str) -> str:
    """Where this node's pages answer it."""
    return f"{PATH}{name}/"


def covered(*, path: str, caller: str, message: str, time: str, body: bytes) -> str:
    """What is proven: which service, for whom, which message, when, exactly which words."""
    return "\n".join(("yw1-house", path, caller, message, time, envelope.digest(body)))


def subject_of(body: bytes) -> str:
    """Whom a record is about, said beside it: for the receipt, never for the caller."""
    given = notation.read(body)
    subject = given.get("subject", "") if isinstance(given, dict) else ""
    return subject if isinstance(subject, str) and len(subject) <= _LONGEST_SUBJECT else ""


@dataclass(frozen=True, slots=True)
class OwnPages:
    """This node's own pages, and how to prove to them who asks."""

    port: int
    host: str
    keyed: Callable[[str, str], str]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def marks(
        self, *, path: str, caller: str, message: str, body: bytes, at: datetime
    ) -> dict[str, str]:
        time = at.isoformat(timespec="milliseconds")
        text = covered(path=path, caller=caller, message=message, time=time, body=body)
        return {"X-Exchange-Time": time, "X-Exchange-Proof": self.keyed(text, PURPOSE)}
