"""What one page knows about the answers it shows: plain values, given to the renderer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.capability.intake.definitions import FieldConflict, LookedUp, Prefilled
from yiwang.kernel.refusals import FieldProblem

#: (code, name) pairs: the children of a division, or hits of the industry search.
Choices = tuple[tuple[str, str], ...]


def _none(_: str) -> Choices:
    return ()


@dataclass(frozen=True, slots=True)
class PageState:
    """Answers and everything said about them. Nothing here is trusted to be safe HTML."""

    answers: Mapping[str, Any]
    problems: Mapping[str, FieldProblem] = field(default_factory=dict)
    prefilled: Mapping[str, Prefilled] = field(default_factory=dict)
    away: Mapping[str, str] = field(default_factory=dict)  # field → the source that is away
    conflicts: Mapping[str, FieldConflict] = field(default_factory=dict)
    visible: frozenset[str] = frozenset()
    editing: frozenset[str] = frozenset()  # prefilled fields the person wants to change
    closed: frozenset[str] = frozenset()  # only shown; whoever reads answers leaves these out
    extra_rows: Mapping[str, int] = field(default_factory=dict)  # group → rows to show
    searches: Mapping[str, str] = field(default_factory=dict)  # industry field → words
    file_names: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # codes → names
    children_of: Callable[[str], Choices] = _none
    industries: Callable[[str], Choices] = _none
    licences: Callable[[str], Choices] = _none  # type → the applicant's own: identifier, name
    looked_up: Mapping[str, LookedUp] = field(default_factory=dict)  # by ``named_key``
    address: str = ""  # of this page, for “不对？” and for looking up who is named
    today: str = ""  # 2026-12-14, to say “今天”


def by_field(problems: tuple[FieldProblem, ...]) -> dict[str, FieldProblem]:
    """The first problem of every box."""
    found: dict[str, FieldProblem] = {}
    for problem in problems:
        found.setdefault(problem.field, problem)
    return found
