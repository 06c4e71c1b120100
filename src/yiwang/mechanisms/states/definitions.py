"""A transition table as plain data: from where, by which act, by whom, to where, under what guard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Party(StrEnum):
    """Who moves a matter, as the table knows them."""

    APPLICANT = "APPLICANT"
    OFFICIAL = "OFFICIAL"
    MACHINE = "MACHINE"


@dataclass(frozen=True, slots=True)
class Transition:
    """``guard``: facts that must all hold, ``a & !b`` (``!b``: must not). ``label``: the act's name."""

    source: str
    act: str
    roles: tuple[str, ...]
    target: str
    label: str
    guard: str = ""

    @property
    def conditions(self) -> tuple[tuple[str, bool], ...]:
        """The guard as facts and what each must be."""
        words = [word.strip() for word in self.guard.split("&") if word.strip()]
        return tuple((word.lstrip("!"), not word.startswith("!")) for word in words)


@dataclass(frozen=True, slots=True)
class Machine:
    """One profile's whole table. ``labels``: the Chinese name of every state."""

    profile: str
    version: int
    initial: str
    transitions: tuple[Transition, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def states(self) -> frozenset[str]:
        ends = {t.source for t in self.transitions} | {t.target for t in self.transitions}
        return frozenset(ends | {self.initial})

    @property
    def final(self) -> frozenset[str]:
        """States nothing leads out of."""
        return self.states - {t.source for t in self.transitions}
