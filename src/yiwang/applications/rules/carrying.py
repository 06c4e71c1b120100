"""What the guide and the form must agree on: nothing is asked twice, no material asked for twice.

A question of the guide that the form asks too carries its answer over (``x-question``); an upload on
the form that is a material of the item says which (``x-material``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.applications.definitions import Pack, PackProblem
from yiwang.capability.catalogue.definitions import MaterialSource
from yiwang.capability.catalogue.definitions.item import Question
from yiwang.capability.intake.definitions import Field, Kind

Problems = Iterator[PackProblem]


def check_carrying(pack: Pack) -> Problems:
    """Questions and fields that do not fit each other; uploads that belong to no material."""
    questions = {q.key: q for q in pack.item.questions}
    taken: set[str] = set()
    for field in pack.form.fields:
        here = f"properties.{field.key}.x-question"
        if field.question is None:
            yield from _not_carried(field, questions)
            continue
        question = questions.get(field.question.key)
        if question is None:
            said = f"item.yaml 里没有“{field.question.key}”这个问题。"
            yield PackProblem("form.yaml", here, said, "请核对 questions。")
            continue
        if question.key in taken:
            said = f"“{question.text}”已经由另一个字段沿用。"
            yield PackProblem("form.yaml", here, said, "一个问题只对应一个字段。")
        taken.add(question.key)
        yield from _answers(field, question, here)
    yield from _materials(pack)


def _not_carried(field: Field, questions: Mapping[str, Question]) -> Problems:
    """A field named like a question asks it a second time."""
    if field.key in questions:
        yield PackProblem(
            "form.yaml",
            f"properties.{field.key}",
            f"和指南的问题“{field.key}”同名，却没有沿用它的回答，同一件事会问两遍。",
            f"请写 x-question: {field.key}，或者改名。",
        )


def _answers(field: Field, question: Question, here: str) -> Problems:
    """Every answer of the guide is one of the field, and the other way round."""
    if field.question is None:
        return
    asked = {option.value for option in question.options}
    known: set[Any] = (
        {True, False} if field.kind is Kind.YES_NO else {o.value for o in field.options}
    )
    for code in sorted(asked):
        if field.question.answer_of(code) not in known:
            said = f"指南的回答“{code}”不是这个字段的选项。"
            yield PackProblem("form.yaml", here, said, "请在 answers 里写明对应的选项。")
    for value in sorted(known, key=str):
        if field.question.code_of(value) not in asked:
            shown = {True: "true", False: "false"}.get(value, value)
            said = f"选项“{shown}”在指南的问题里没有对应的回答，材料会列错。"
            yield PackProblem("form.yaml", here, said, "请补上对应的回答。")
    for code in sorted({code for code, _ in field.question.answers} - asked):
        said = f"指南的问题没有“{code}”这个回答。"
        yield PackProblem("form.yaml", here, said, "请核对 answers。")


def _materials(pack: Pack) -> Problems:
    uploads = {m.key for m in pack.item.materials if m.source is MaterialSource.UPLOADED}
    promise = pack.item.commitment
    may_wait = {m.key for m in pack.item.materials if m.tolerance is not None}
    may_wait |= set(promise.replaces) if promise else set()
    for field in pack.form.fields:
        if field.material and field.material not in uploads:
            said = f"材料清单里没有要上传的“{field.material}”。"
            yield PackProblem(
                "form.yaml", f"properties.{field.key}.x-material", said, "请核对 materials。"
            )
        if field.material in may_wait:
            said = "这样材料可以后补或者用承诺代替，放在表单里就非交不可了。"
            yield PackProblem(
                "form.yaml", f"properties.{field.key}.x-material", said, "请留给材料一步上传。"
            )
