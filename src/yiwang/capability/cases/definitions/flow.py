"""A pack's ``flow.yaml``: how the cases of one item version go, as frozen values."""

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


class Letter(StrEnum):
    """When a letter is written."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    HANDED_BACK = "handed_back"
    REFUSED = "refused"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """One mistake in ``flow.yaml``: where and what to mend."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleInput:
    """Where one input of the decision table comes from: exactly one of answer and provider.

    ``parameters``: for a provider, parameter name → answer field.
    """

    name: str
    label: str
    answer: str = ""
    provider: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulingPlan:
    """Which decision table decides at once (``rules/<table>.json``), and what it is asked with."""

    table: str
    inputs: tuple[RuleInput, ...]


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """What an approval produces.

    ``values``: name → source, one of ``answer:<field>``, ``output:<field>`` (of the ruling),
    ``case:<received_on|decided_on|case_no|applicant_name>``, ``text:<words>``.
    """

    kind: ResultKind
    label: str
    template: str = ""
    benefit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    valid_years: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """How cases of one item version go. ``letters``: occasion → notice template."""

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


def table_code(item_code: str, table: str) -> str:
    """The code a pack's decision table is published under; its version is the item's version."""
    return f"{item_code}/{table}"
