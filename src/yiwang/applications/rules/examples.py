"""Trying an example: the same form check, table, narrowing and clock a real case would meet."""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from yiwang.applications.definitions import Example, ExampleOutcome, Pack
from yiwang.capability.cases.definitions.flow import RuleInput
from yiwang.mechanisms.rulings import rules as rulings
from yiwang.mechanisms.rulings.definitions import TO_OFFICIAL, Input

#: (form, answers, on) → keys of the fields that are wrong.
FormCheck = Callable[[Pack, Mapping[str, Any], date], tuple[str, ...]]
#: (pack, on, on a promise) → the day by which the decision is due.
DueDay = Callable[[Pack, date, bool], date]
#: (pack, questions, answers) → (keys to bring, handling item's key, on a promise of a permit).
Narrow = Callable[[Pack, Mapping[str, str], Mapping[str, Any]], tuple[tuple[str, ...], str, bool]]


def run_example(
    pack: Pack, example: Example, *, check: FormCheck, due: DueDay, narrow: Narrow
) -> ExampleOutcome:
    """What came out otherwise than the example says; nothing is written anywhere."""
    expect = example.expect
    wrong = set(check(pack, example.answers, example.on))
    if wrong or expect.problems:
        said = [f"表单问题应当是 {sorted(expect.problems)}，实际是 {sorted(wrong)}"]
        return ExampleOutcome(example.name, tuple(said if wrong != set(expect.problems) else ()))
    bring, handling, promised = narrow(pack, example.questions, example.answers)
    outcome, row, output = _ask(pack, example, promised=promised)
    compared: list[tuple[str, object, object]] = [("结论", expect.outcome, outcome)]
    if expect.row:
        compared.append(("命中的行", expect.row, row))
    compared += [(name, value, output.get(name)) for name, value in expect.output.items()]
    if expect.bring is not None:
        compared.append(("要交的材料", sorted(expect.bring), sorted(bring)))
    if expect.handling_item:
        compared.append(("办理项", expect.handling_item, handling))
    if expect.due:
        compared.append(("截止日", expect.due, due(pack, example.on, promised)))
    return ExampleOutcome(
        example.name,
        tuple(f"{what}应当是 {said}，实际是 {got}" for what, said, got in compared if said != got),
    )


def _ask(pack: Pack, example: Example, *, promised: bool) -> tuple[str, str, Mapping[str, Any]]:
    plan = pack.flow.ruling
    if plan is None or not _at_once(pack, promised):
        return TO_OFFICIAL, "", {}
    then = datetime.combine(example.on, datetime.min.time(), UTC)
    inputs = {
        given.name: Input(_value(given, example), given.provider or "答案", then)
        for given in plan.inputs
    }
    try:
        said = rulings.evaluate(pack.tables[plan.table].table, inputs)
    except rulings.CannotRule:
        return TO_OFFICIAL, "", {}
    row = next((r.row for r in said.rows if r.matched), "")
    return said.outcome, row, said.output


def _at_once(pack: Pack, promised: bool) -> bool:
    """Does the table decide along this road? On a promise when its term is 0, as a real case does."""
    if not promised:
        return pack.flow.instant
    limit = pack.item.commitment.decide if pack.item.commitment else None
    return limit is not None and limit.within.amount == 0


def _value(given: RuleInput, example: Example) -> Any:
    if given.answer:
        answer = example.answers.get(given.answer)
        return json.dumps(answer, ensure_ascii=False) if isinstance(answer, list | dict) else answer
    parameters = {
        name: str(example.answers.get(source.removeprefix("answer:")) or "")
        if source.startswith("answer:")
        else source.removeprefix("text:")
        for name, source in given.parameters.items()
    }
    value = _fact(given.provider, parameters, example.facts)
    if str(given.derived or "") == "AGE" and value is not None:
        born = value if isinstance(value, date) else date.fromisoformat(str(value))
        return completed_years(born, example.on)
    return value


def completed_years(born: date, on: date) -> int:
    """周岁. Born on 29 February: reached on the last of February in other years (民法典 202)."""
    last = born.month == 2 and born.day == 29 and not calendar.isleap(on.year)
    reached = (born.month, 28 if last else born.day)
    return on.year - born.year - ((on.month, on.day) < reached)


def _fact(provider: str, parameters: Mapping[str, str], facts: Mapping[str, Any]) -> Any:
    """A register's answer in the example's small world; nothing said means no answer."""
    if provider in facts:
        return facts[provider]
    if provider == "applicant.owns_account" and "owned_accounts" in facts:
        return parameters.get("account") in facts["owned_accounts"]
    if provider == "names.clash" and "registered_names" in facts:
        return parameters.get("name") in facts["registered_names"]
    if provider == "names.forbidden" and "registered_names" in facts:
        return any(word in parameters.get("name", "") for word in ("中国", "中华", "国家", "全国"))
    return None
