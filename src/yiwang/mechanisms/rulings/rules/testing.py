"""A table's own tests: required before publication, one per row at least."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from yiwang.mechanisms.rulings.definitions import APPROVE, Input, Problem
from yiwang.mechanisms.rulings.rules.evaluation import CannotRule, evaluate

_THEN: Final = datetime(2000, 1, 1, tzinfo=UTC)


def check_tests(
    table: Mapping[str, Any], tests: Sequence[Mapping[str, Any]]
) -> tuple[Problem, ...]:
    """What a checked table's tests complain of: wrong answers, rows never hit, no negative test."""
    return tuple(_problems(table, tests))


def _problems(table: Mapping[str, Any], tests: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    if not tests:
        yield Problem("测试", "没有测试的决策表不能发布")
        return
    hit: set[str] = set()
    every: tuple[str, ...] = ()
    outcomes: set[str] = set()
    for number, test in enumerate(tests, start=1):
        place = f"测试 {test.get('name') or number}"
        if not isinstance(test.get("inputs"), Mapping) or not isinstance(
            test.get("expect"), Mapping
        ):
            yield Problem(place, "要有 inputs 和 expect")
            continue
        inputs = {name: Input(value, "测试", _THEN) for name, value in test["inputs"].items()}
        try:
            said = evaluate(table, inputs)
        except CannotRule as refusal:
            yield Problem(place, refusal.sentence)
            continue
        every = tuple(row.row for row in said.rows)
        hit |= {next((row.row for row in said.rows if row.matched), "")}
        outcomes.add(said.outcome)
        wrong = {k: v for k, v in test["expect"].items() if said.output.get(k) != v}
        for name, value in wrong.items():
            yield Problem(place, f"{name} 应当是 {value}，实际是 {said.output.get(name)}")
    for number, row in enumerate(every, start=1):
        if row not in hit:
            yield Problem(f"第 {number} 行", "没有一个测试走到这一行")
    if outcomes == {APPROVE}:
        yield Problem("测试", "至少要有一个不能直接办理的测试")
