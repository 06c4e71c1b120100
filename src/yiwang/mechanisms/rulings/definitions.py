"""The plain values of rulings: inputs with their source, rows with their outcome, the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

Value: TypeAlias = str | int | bool | None

#: What a table's ``outcome`` may be. Only APPROVE decides; everything else goes to an official.
APPROVE = "APPROVE"
TO_OFFICIAL = "TO_OFFICIAL"
OUTCOMES = (APPROVE, TO_OFFICIAL)


@dataclass(frozen=True, slots=True)
class Input:
    """One fact a ruling stood on, where it came from, and when it was obtained.

    ``words``: what codes are called, for the explanation only: the value's and those conditions name
    (``{"shop": "有店面"}``). The table is asked with the value itself.
    """

    value: Value
    source: str
    obtained_at: datetime
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a table, and where: ``place`` names the cell (“第 3 行 · 年龄”)."""

    place: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """One condition of one row: the column's Chinese name, the condition, whether it held."""

    column: str
    condition: str
    held: bool


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row of the table: did it match, what it says, on which legal basis."""

    row: str
    matched: bool
    cells: tuple[CellOutcome, ...]
    sentence: str
    basis: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a table said about one subject. ``explanation``: sentences a citizen can read."""

    key: str
    outcome: str
    output: Mapping[str, Value]
    explanation: tuple[str, ...]
    rows: tuple[RowOutcome, ...]
    table: str = ""
    table_version: int = 0
    at: datetime | None = None
    inputs: Mapping[str, Input] | None = None
    basis: tuple[str, ...] = ()
