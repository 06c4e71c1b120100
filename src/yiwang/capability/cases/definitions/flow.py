"""A pack's ``flow.yaml``: how the cases of one item version go. ``parse`` reads it or says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.capability.cases.definitions import CitationRow
from yiwang.mechanisms.clocks.definitions import Allowance


class ResultKind(StrEnum):
    """What comes out: a licence 证照, an entitlement 待遇, or only the decision 决定书."""

    LICENCE = "LICENCE"
    ENTITLEMENT = "ENTITLEMENT"
    DECISION = "DECISION"


@dataclass(frozen=True, slots=True)
class RuleInput:
    """Where a decision table's input comes from: an answer, a provider, or the case itself.

    ``parameters``: for a provider, parameter name → answer field.
    """

    name: str
    label: str
    answer: str = ""
    provider: str = ""
    value: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulingPlan:
    """Which decision table decides at once, and what it is asked with."""

    table: str
    table_version: int
    inputs: tuple[RuleInput, ...]


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """What an approval produces. ``values``: licence field → where its value comes from."""

    kind: ResultKind
    label: str
    template: str = ""
    benefit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    valid_years: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A pack's ``flow.yaml``: how this item's cases go."""

    profile: str
    instant: bool
    decide_within: Allowance
    decide_basis: str
    local: bool
    ruling: RulingPlan | None
    result: ResultPlan
    letters: Mapping[str, str] = field(default_factory=dict)
    approve_basis: tuple[CitationRow, ...] = ()
    reject_basis: tuple[CitationRow, ...] = ()
