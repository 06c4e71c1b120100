"""What a source is and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

#: A plain value as JSON knows it; what it must look like is said by the source's ``Shape``.
Plain = Any


class Status(StrEnum):
    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    AWAY = "AWAY"  # slow, broken, or talking nonsense: nothing is known


class Shape(StrEnum):
    """What a source promises to answer; anything else is treated as “away”."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    YES_NO = "YES_NO"
    DATE = "DATE"  # ISO text, or a date
    OBJECT = "OBJECT"
    LIST = "LIST"
    FILE = "FILE"  # {"filename": str, "content": base64 text}


class Misbehaviour(StrEnum):
    """How a simulated source can go wrong."""

    SLOW = "SLOW"
    GARBAGE = "GARBAGE"
    AWAY = "AWAY"
    WRONG_TYPE = "WRONG_TYPE"
    DUPLICATE = "DUPLICATE"


class SourceAway(Exception):
    """A provider raises this when its source cannot answer now."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that knows the day it was true; a bare value counts as true when it was fetched."""

    value: Plain
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``value`` only when FOUND; ``reason`` only when AWAY (for operators)."""

    status: Status
    value: Plain
    source: str
    source_label: str
    as_of: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask, for asking several at once."""

    provider: str
    subject: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A registered provider. ``remote``: another machine answers, so it runs under a wall clock.

    ``papers``: what a person need not bring because this source is asked instead.
    """

    name: str
    label: str
    source_label: str
    shape: Shape
    remote: bool
    provide: Callable[..., Plain]
    papers: tuple[str, ...] = ()
