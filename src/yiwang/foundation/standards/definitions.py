"""Code tables: short closed lists of a national standard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One published code (a string, leading zeros kept) and its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table with the standard it comes from."""

    name: str
    title: str
    source: str
    codes: tuple[Code, ...]
