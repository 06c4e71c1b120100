"""What supervision announces. The subject is the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEvent(Event):
    """What every fact about a card carries; ``about``: the case."""

    about: str
    colour: str
    matter: str
    division_code: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardIssued(CardEvent):
    """A limit is nearly over or over."""

    name: ClassVar[str] = "supervision.card_issued"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardExplained(CardEvent):
    """The body said why."""

    name: ClassVar[str] = "supervision.card_explained"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRaised(CardEvent):
    """Nobody explained it in time: the next superior was told."""

    name: ClassVar[str] = "supervision.card_raised"
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCancelAsked(CardEvent):
    """Somebody asks to take it back."""

    name: ClassVar[str] = "supervision.card_cancel_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCancelled(CardEvent):
    """Taken back by a second person."""

    name: ClassVar[str] = "supervision.card_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCancelDeclined(CardEvent):
    """The second person lets it stand."""

    name: ClassVar[str] = "supervision.card_cancel_declined"
