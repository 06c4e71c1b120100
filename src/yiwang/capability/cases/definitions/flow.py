"""A pack's ``flow.yaml``: how the cases of one item version go, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.capability.cases.definitions import CitationRow
from yiwang.mechanisms.clocks.definitions import Allowance


class Derived(StrEnum):
    """What a table may be asked with instead of the value itself."""

    AGE = "AGE"  # 周岁: completed years on the day the application was received
    DIVISION = "DIVISION"  # the code as it is, said by its name


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """One mistake in ``flow.yaml``: where and what to mend."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleInput:
    """Where one input of the decision table comes from: exactly one of answer and provider.

    ``parameters``: for a provider, parameter name → ``answer:<field>`` or ``text:<words>``.
    ``derived``: AGE turns a date into completed years.
    """

    name: str
    label: str
    answer: str = ""
    provider: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    derived: Derived | None = None


@dataclass(frozen=True, slots=True)
class RulingPlan:
    """Which decision table decides at once (``rules/<table>.json``), and what it is asked with.

    ``about``: the answer field that names the person the sources are asked about; "" the applicant.
    """

    table: str
    inputs: tuple[RuleInput, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """How cases of one item version go.

    ``values``: what the licence or entitlement says → its source, one of ``answer:<field>``,
    ``output:<field>`` (of the ruling), ``case:<fact>``, ``text:<words>``.
    """

    profile: str
    instant: bool
    decide_within: Allowance
    decide_basis: str
    local: bool
    ruling: RulingPlan | None
    values: Mapping[str, str] = field(default_factory=dict)
    approve_basis: tuple[CitationRow, ...] = ()
    reject_basis: tuple[CitationRow, ...] = ()


def table_code(item_code: str, table: str) -> str:
    """The code a pack's decision table is published under; its version is the item's version."""
    return f"{item_code}/{table}"
