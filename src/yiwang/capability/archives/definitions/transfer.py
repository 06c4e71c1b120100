"""The port to a receiving archive 综合档案馆: what it is given and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class Offered:
    """One package on the list; ``open`` gives its bytes, each time from the beginning."""

    archive_no: str
    digest: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a body hands over: its number, the list as CSV, the packages one by one."""

    batch_no: str
    body: str
    body_name: str
    listed: bytes
    packages: Iterator[Offered]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The archive's answer: all taken in, or none, with what is wrong with which package."""

    receiver: str
    receipt_no: str
    at: datetime
    refused: Mapping[str, str] = field(default_factory=dict)  # archive number → sentence


class ArchiveDriver(Protocol):
    """One receiving archive. Called by a job, outside every transaction.

    A real one speaks the archive's hand-over interface over the government network (档案法 39: a network
    or a medium that meets the security requirements): it sends the list first, then each package with its
    digest, under our ``batch_no`` so that sending again is the same hand-over, waits for the archive's own
    four tests and reads its receipt. It maps the archive's answers to ``Receipt`` and raises
    ``ArchiveAway`` for every answer it cannot read, times out included, and never invents one. Where
    there is no network the driver writes a medium and its ``hand_over`` raises ``ArchiveAway`` until the
    signed receipt was entered. Chosen by ``YIWANG_ARCHIVE_DRIVER``; without one only the sample hands over.
    """

    @property
    def name(self) -> str: ...

    def hand_over(self, given: HandOver, *, at: datetime) -> Receipt:
        """Hand one batch over, whole or not at all; the same again gives the same receipt."""
        ...
