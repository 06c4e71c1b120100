"""The seal port: what a driver must do, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

#: Printed on every document while no real seal machine is connected.
SAMPLE_MARK: Final = "示例—未加盖印章"


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """The bytes to keep, and whether a seal is really on them.

    ``mark``: words that must be visible on the document, empty once the seal itself is.
    """

    content: bytes
    driver: str
    sealed: bool
    mark: str


class SealDriver(Protocol):
    """One seal machine. ``name`` is stored with what it sealed; ``mark`` is printed before sealing."""

    @property
    def name(self) -> str: ...

    @property
    def mark(self) -> str: ...

    def seal(self, document: bytes, *, body: str) -> SealedDocument:
        """Put the seal of ``body`` (USCC) on a finished document; refuse when it cannot."""
        ...
