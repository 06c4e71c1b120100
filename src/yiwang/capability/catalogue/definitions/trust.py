"""Two ways an item trusts its applicant: 容缺 (a paper may come later) and 告知承诺 (a signed promise
stands for proofs, or the permit is given on it and checked afterwards). Never the only road.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from yiwang.capability.catalogue.definitions.parts import Citation, Key, When, Words
from yiwang.mechanisms.clocks.definitions import Allowance


class OnLapse(StrEnum):
    """What the undertaking says happens when a late material never came; an official does it."""

    DECIDE = "DECIDE"  # 按已有的材料作出决定
    WITHDRAW = "WITHDRAW"  # 视为撤回申请


@dataclass(frozen=True, slots=True)
class Tolerance:
    """容缺后补: this material may come later, counted from acceptance; no result before it."""

    within: Allowance
    on_lapse: OnLapse = OnLapse.DECIDE
    local: bool = False
    basis: tuple[Citation, ...] = ()


class CommitmentKind(StrEnum):
    """Two objects with two sources (国办发〔2020〕42号, 国发〔2021〕7号)."""

    PROOF = "PROOF"  # 证明事项告知承诺: the promise stands for proofs
    PERMIT = "PERMIT"  # 审批告知承诺: the permit is given on the promise


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence the applicant declares and ticks by itself."""

    key: Key
    text: Words


@dataclass(frozen=True, slots=True)
class Limit:
    """A term with where it comes from; ``how``: in which way it is done."""

    within: Allowance
    how: str = ""
    local: bool = False
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """告知承诺 as one of two roads, chosen by an answer on the guide.

    ``when``: the question and the answers that choose it; ``replaces``: the materials it stands for;
    ``decide``: how soon a permit is decided on it; ``check``: how and by when it is looked into;
    ``correction``: the term of a correction order, absent when untrue means revoked at once.
    """

    kind: CommitmentKind
    when: When
    statements: Annotated[tuple[Statement, ...], Field(min_length=1)]
    liability: Words
    check: Limit
    replaces: tuple[Key, ...] = ()
    decide: Limit | None = None
    correction: Limit | None = None
    not_for: str = ""
    local: bool = False
    basis: tuple[Citation, ...] = ()
