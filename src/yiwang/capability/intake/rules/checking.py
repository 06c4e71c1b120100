"""Is the form answered, and answered well? JSON Schema first, then what each kind demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import jsonschema_rs

from yiwang.capability.intake.definitions import Field, Form, Kind
from yiwang.capability.intake.rules import kinds
from yiwang.capability.intake.rules.cleaning import clean
from yiwang.capability.intake.rules.kinds import Registers
from yiwang.kernel.refusals import FieldProblem
from yiwang.kernel.sentences import said

_compiled: dict[str, jsonschema_rs.Validator] = {}
_MOST_COMPILED: Final = 2_000
_CHOSEN: Final = {
    Kind.CHOICE,
    Kind.CHOICES,
    Kind.YES_NO,
    Kind.DIVISION,
    Kind.INDUSTRY,
    Kind.LICENCE,
}


def visible_fields(form: Form, answers: Mapping[str, Any]) -> tuple[Field, ...]:
    """The questions that are asked given these answers; a hidden question hides what hangs on it."""
    shown: dict[str, Field] = {}
    for field in form.fields:
        tie = field.show_when
        if tie is None or (tie.field in shown and tie.holds(answers)):
            shown[field.key] = field
    return tuple(shown.values())


def visible_answers(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those to questions that are not asked."""
    asked = {field.key for field in visible_fields(form, answers)}
    return {key: value for key, value in answers.items() if key in asked}


def answers_from_questions(form: Form, questions: Mapping[str, str]) -> dict[str, Any]:
    """What the guide asked already, as answers to the form."""
    given: dict[str, Any] = {}
    for field in form.fields:
        if field.question is not None and field.question.key in questions:
            given[field.key] = field.question.answer_of(questions[field.question.key])
    return clean(form.fields, given)[0]


def questions_now(
    form: Form, questions: Mapping[str, str], answers: Mapping[str, Any]
) -> dict[str, str]:
    """The guide's answers, corrected by what the person said on the form since."""
    now = dict(questions)
    for field in visible_fields(form, answers):
        if field.question is not None and answers.get(field.key) is not None:
            now[field.question.key] = field.question.code_of(answers[field.key])
    return now


def material_files(form: Form, answers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Materials that are uploaded on the form as it is asked now, with their file keys."""
    found: dict[str, tuple[str, ...]] = {}
    for field in visible_fields(form, answers):
        if field.material:
            found[field.material] = tuple(answers.get(field.key) or ())
    return found


def validate(
    form: Form,
    answers: Mapping[str, Any],
    *,
    on: date,
    step: str | None = None,
    registers: Registers | None = None,
) -> tuple[FieldProblem, ...]:
    """Everything wrong with the answers on the day ``on``, in the order of the form.

    One problem per box, named ``field``, ``field-part`` or ``group-0-field``. With ``step`` only
    that step is judged. Never raises, whatever the answers are.
    """
    kept, problems = clean(form.fields, answers)
    kept = visible_answers(form, kept)
    asked = visible_fields(form, kept)
    found = {p.field: p for p in problems}
    for problem in _schema_problems(form, kept):
        found.setdefault(problem.field, problem)
    for problem in _kind_problems(asked, kept, found, on, registers or Registers()):
        found.setdefault(problem.field, problem)
    chosen = form.find_step(step)
    wanted = {f.key for f in chosen.fields} if chosen else None
    order = {f.key: position for position, f in enumerate(form.fields)}
    listed = [p for p in found.values() if wanted is None or _key(p) in wanted]
    return tuple(sorted(listed, key=lambda p: order.get(_key(p), len(order))))


def _key(problem: FieldProblem) -> str:
    return problem.field.split("-", 1)[0]


def _validator(form: Form) -> jsonschema_rs.Validator:
    if form.digest not in _compiled:
        if len(_compiled) >= _MOST_COMPILED:
            _compiled.clear()
        _compiled[form.digest] = jsonschema_rs.Draft202012Validator(dict(form.schema))
    return _compiled[form.digest]


def _schema_problems(form: Form, answers: Mapping[str, Any]) -> Iterable[FieldProblem]:
    for error in _validator(form).iter_errors(dict(answers)):
        facts = error.kind.as_dict()
        path = [str(part) for part in error.instance_path]
        if error.kind.name == "required":
            path.append(str(facts.get("property", "")))
        if path:
            yield _worded(form, path, error.kind.name, facts)


def _worded(form: Form, path: Sequence[str], name: str, facts: Mapping[str, Any]) -> FieldProblem:
    field = form.find_field(path[0])
    label = field.spoken if field else path[0]
    if field and field.kind is Kind.GROUP and len(path) > 2:
        row = int(path[1]) + 1
        inner = next((f for f in field.fields if f.key == path[2]), None)
        label = said(
            "第 %(n)s 个%(row)s的%(label)s",
            n=row,
            row=field.row_name,
            label=inner.label if inner else path[2],
        )
        field = inner
    if len(path) > 1 and path[-1] in _PARTS:
        label = said("%(label)s的%(part)s", label=label, part=said(_PARTS[path[-1]]))
    sentence, remedy = _sentence(field, label, name, facts)
    return FieldProblem("-".join(path), sentence, remedy)


_PARTS: Final = {"name": "姓名或名称", "citizen_id": "身份证号", "uscc": "统一社会信用代码"}


def _sentence(
    field: Field | None, label: str, name: str, facts: Mapping[str, Any]
) -> tuple[str, str]:
    limit = facts.get("limit")
    match name:
        case "required" | "minLength":
            chosen = field is not None and field.kind in _CHOSEN
            upload = field is not None and field.kind is Kind.FILE
            verb = "上传" if upload else ("选" if chosen else "填")
            return said(f"%(label)s还没有{verb}。", label=label), said(f"请{verb}好再继续。")
        case "maxLength":
            return said("%(label)s太长了。", label=label), said(
                "请写在 %(limit)s 个字以内。", limit=limit
            )
        case "minimum":
            return said("%(label)s太小。", label=label), said(
                "请填 %(limit)s 或更大的数。", limit=limit
            )
        case "maximum":
            return said("%(label)s太大。", label=label), said(
                "请填 %(limit)s 或更小的数。", limit=limit
            )
        case "minItems":
            return said("%(label)s不够。", label=label), said("至少要 %(limit)s 个。", limit=limit)
        case "maxItems":
            return said("%(label)s太多。", label=label), said(
                "最多 %(limit)s 个，请去掉一些。", limit=limit
            )
        case "uniqueItems":
            return said("%(label)s里有重复的。", label=label), said("请去掉重复的一个。")
        case "enum":
            return said("%(label)s没有选对。", label=label), said("请从列出的里面选。")
        case "pattern" if field is not None and field.pattern_hint:
            return said("%(label)s的写法不对。", label=label), field.pattern_hint
        case "type" if field is not None and field.kind is Kind.NUMBER:
            return (
                said("%(label)s要填数字。", label=label),
                said("请只填整数。" if field.integer else "请只填数字，例如 10.5。"),
            )
    return said("%(label)s的内容无法识别。", label=label), said("请重新填写。")


def _kind_problems(
    asked: Iterable[Field],
    answers: Mapping[str, Any],
    found: Mapping[str, FieldProblem],
    on: date,
    registers: Registers,
) -> Iterable[FieldProblem]:
    spoiled = {key.split("-", 1)[0] for key in found}
    for field in asked:
        value = answers.get(field.key)
        if value is None or (field.key in spoiled and field.kind is not Kind.GROUP):
            continue
        if field.kind is Kind.GROUP:
            yield from _row_problems(field, value, found, on, registers)
        else:
            wrong = kinds.check(field, value, on=on, answers=answers, registers=registers)
            if wrong is not None:
                name = f"{field.key}-{wrong.part}" if wrong.part else field.key
                yield FieldProblem(name, wrong.sentence, wrong.remedy)


def _row_problems(
    group: Field, rows: Any, found: Mapping[str, FieldProblem], on: date, registers: Registers
) -> Iterable[FieldProblem]:
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict):
            continue
        for field in group.fields:
            name = f"{group.key}-{number}-{field.key}"
            taken = any(key == name or key.startswith(f"{name}-") for key in found)
            if taken or row.get(field.key) is None:
                continue
            wrong = kinds.check(field, row[field.key], on=on, answers=row, registers=registers)
            if wrong is not None:
                full = f"{name}-{wrong.part}" if wrong.part else name
                placed = said(
                    "第 %(n)s 个%(row)s：%(wrong)s",
                    n=number + 1,
                    row=group.row_name,
                    wrong=wrong.sentence,
                )
                yield FieldProblem(full, placed, wrong.remedy)
