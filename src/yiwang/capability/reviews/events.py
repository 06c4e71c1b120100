"""Facts about reviews; never who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGiven(Event):
    """A handling was reviewed; ``subject`` is the case."""

    name: ClassVar[str] = "reviews.review_given"
    review: str
    item_code: str
    division_code: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationOpened(Event):
    """A bad review opened a follow-up."""

    name: ClassVar[str] = "reviews.rectification_opened"
    review: str
    division_code: str
    department: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationClosed(Event):
    """The follow-up ended; ``in_time`` against its limit."""

    name: ClassVar[str] = "reviews.rectification_closed"
    review: str
    in_time: bool
