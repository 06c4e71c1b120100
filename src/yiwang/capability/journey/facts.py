"""What a decision table is asked with: answers and sources, each with where and when it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from yiwang.capability.cases.definitions.flow import Derived, RuleInput, RulingPlan
from yiwang.capability.cases.queries import Inside
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import naming
from yiwang.foundation.exchange import sources
from yiwang.foundation.exchange.definitions import Answer, Question
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.rulings.definitions import Input, Value

#: What sources are asked for here, as receipts and grants say it.
PURPOSE: Final = "核对办理条件"


def person_about(inside: Inside, field: str) -> str | None:
    """The reference of whom the case is about: the applicant, or the person an answer names.

    None when the register has no such person, or under another name: an official looks.
    """
    if not field:
        return inside.applicant
    given = inside.answers.get(field)
    if given in (None, "", {}):
        return inside.applicant
    number = given.get("citizen_id", "") if isinstance(given, Mapping) else str(given)
    person = libraries.find_person(number)
    if person is None:
        return None
    if isinstance(given, Mapping) and not libraries.is_called(person, str(given.get("name", ""))):
        return None
    return person.reference


class IdentityDiffers(Refusal):
    """The form names somebody else than who is signed in: no rule decides about that."""

    sentence = "填写的姓名或者身份证号和登记的不一样。"
    remedy = "由工作人员核对。"


def identity_differs(inside: Inside) -> bool:
    """Do name or number on the form differ from the register's for the applicant?

    Fields the form itself fills from the applicant's own record are theirs to correct, not to change
    into another person's.
    """
    if not inside.applicant.startswith("person:"):
        return False
    form = intake.get_form(inside.item_code, inside.item_version)
    known = {
        "person.name": libraries.get_person(inside.applicant).name,
        "person.citizen_id": libraries.find_citizen_id(inside.applicant),
    }
    return any(
        known.get(field.prefill or "") and inside.answers[field.key] != known[field.prefill or ""]
        for field in form.fields
        if field.key in inside.answers
    )


def gather(
    plan: RulingPlan, inside: Inside, *, about: str | None, at: datetime
) -> dict[str, Input]:
    """Every input of the table; sources are asked together, outside any transaction.

    What is away or not found comes as None: the table's own schema says whether that will do.
    """
    asked = [one for one in plan.inputs if one.provider]
    answers = _ask(asked, inside, about) if about is not None else ()
    told = dict(zip((one.name for one in asked), answers, strict=False))
    on = legal_date(inside.received_at)
    plain = {one.name: _input(one, inside, told.get(one.name), on, at) for one in plan.inputs}
    return {
        one.name: replace(
            plain[one.name], words=naming.words_of(one, plain[one.name].value, inside)
        )
        for one in plan.inputs
    }


def _ask(asked: list[RuleInput], inside: Inside, about: str | None) -> tuple[Answer, ...]:
    questions = [
        Question(
            one.provider,
            about or "",
            {name: _parameter(source, inside) for name, source in one.parameters.items()},
        )
        for one in asked
    ]
    return sources.ask_all(
        questions,
        purpose=PURPOSE,
        item=inside.item_code,
        case=inside.case_no,
        limit_seconds=2.0,
    )


def _parameter(source: str, inside: Inside) -> str:
    kind, _, name = source.partition(":")
    return name if kind == "text" else str(inside.answers.get(name, ""))


def _input(one: RuleInput, inside: Inside, told: Answer | None, on: date, at: datetime) -> Input:
    if one.answer:
        value = _plain(inside.answers.get(one.answer), one.derived, on)
        return Input(value, "申请人填写", inside.received_at)
    if told is None:
        return Input(None, "", at)
    return Input(_plain(told.value, one.derived, on), told.source_label, told.as_of)


def _plain(value: Any, derived: Derived | None, on: date) -> Value:
    """What a table can hold: text, whole numbers, yes or no; anything else is nothing."""
    if derived is Derived.AGE:
        try:
            born = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            return None
        return age_on(born, on)
    if isinstance(value, bool | str | int) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date) else None


def age_on(born_on: date, on: date) -> int:
    """周岁: completed years. Born on 29 February: reached on the last of February (民法典 202)."""
    birthday_month, birthday = born_on.month, born_on.day
    if (birthday_month, birthday) == (2, 29) and not _leap(on.year):
        birthday = 28
    return on.year - born_on.year - ((on.month, on.day) < (birthday_month, birthday))


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
