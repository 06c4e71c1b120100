"""Answers in words: for the check page, the case page and letters; masked where they must be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yiwang.capability.intake.definitions import (
    NUMBER_OF,
    AnswerRow,
    Contradiction,
    Field,
    Form,
    Kind,
    LookedUp,
    Prefilled,
    Said,
    named_key,
)
from yiwang.capability.intake.rules.checking import visible_answers
from yiwang.kernel import masks


def describe(field: Field, value: Any, names: Mapping[str, str]) -> str:
    """One answer as a person would say it. ``names``: codes and file keys → what they are called."""
    match field.kind:
        case Kind.YES_NO:
            return "是" if value is True else "否"
        case Kind.CHOICE:
            return field.label_of(str(value))
        case Kind.CHOICES if isinstance(value, list):
            return "、".join(field.label_of(str(code)) for code in value)
        case Kind.DATE:
            return _day(str(value))
        case Kind.NUMBER:
            return f"{value:,} {field.unit}".strip() if _is_figure(value) else str(value)
        case Kind.PERSON | Kind.ORGANIZATION if isinstance(value, dict):
            return "，".join(str(part) for part in value.values())
        case Kind.GROUP if isinstance(value, list):
            return "；".join(_row(field, row, names) for row in value if isinstance(row, dict))
        case Kind.FILE if isinstance(value, list):
            return "、".join(names.get(str(key), "已上传") for key in value)
        case Kind.DIVISION | Kind.INDUSTRY | Kind.LICENCE:
            return names.get(str(value), str(value))
    return str(value)


def mask(field: Field, value: Any, names: Mapping[str, str]) -> str:
    """The same, with grade 3 and 4 values masked (ID 6+4, mobile 3+4, account last 4)."""
    if field.kind is Kind.GROUP and isinstance(value, list):
        rows = (_row(field, row, names, masked=True) for row in value if isinstance(row, dict))
        return "；".join(rows)
    if not field.sensitive:
        return describe(field, value, names)
    match field.kind:
        case Kind.CITIZEN_ID:
            return masks.mask_citizen_id(str(value))
        case Kind.PHONE:
            return masks.mask_phone(str(value))
        case Kind.ACCOUNT:
            return masks.mask_account(str(value))
        case Kind.PERSON if isinstance(value, dict):
            name = masks.mask_name(str(value.get("name", "")))
            return f"{name}，{masks.mask_citizen_id(str(value.get('citizen_id', '')))}"
    text = describe(field, value, names)
    return text[:6] + "****" if len(text) > 10 else "****"


def answer_rows(
    form: Form,
    answers: Mapping[str, Any],
    *,
    prefilled: Mapping[str, Prefilled],
    names: Mapping[str, str],
    looked_up: Mapping[str, LookedUp] | None = None,
) -> tuple[AnswerRow, ...]:
    """Every answered question in form order; “来自…” only while the answer is what the source said."""
    shown = visible_answers(form, answers)
    rows = []
    for step in form.steps:
        for field in step.fields:
            if field.key not in shown:
                continue
            value, fact = shown[field.key], prefilled.get(field.key)
            rows.append(
                AnswerRow(
                    field=field.key,
                    label=field.label,
                    value=describe(field, value, names),
                    source=fact.source_label if fact and fact.value == value else "",
                    step=step.key,
                    step_title=step.title,
                    sensitive=field.sensitive or any(f.sensitive for f in field.fields),
                    masked=mask(field, value, names),
                    checked=checked(field, value, looked_up or {}),
                )
            )
    return tuple(rows)


def checked(field: Field, value: Any, looked_up: Mapping[str, LookedUp]) -> str:
    """What the register said about who is named, for whoever decides; "" for other questions."""
    if field.kind is Kind.GROUP and isinstance(value, list):
        told = [
            f"第 {number} 个{field.row_name}：{said}"
            for number, row in enumerate(value, start=1)
            if isinstance(row, dict)
            for inner in field.fields
            if (said := checked(inner, row.get(inner.key), looked_up))
        ]
        return "；".join(told)
    part = NUMBER_OF.get(field.kind)
    if part is None or not isinstance(value, dict):
        return ""
    found = looked_up.get(named_key(field.kind, value.get("name", ""), value.get(part, "")))
    if found is None:
        return ""
    if found.said is Said.AGREES:
        return f"已和{found.source_label}核对，{found.remark or '一致'}"
    if found.said is Said.NOT_LISTED:
        return f"{found.source_label}里没有查到，以本人所填为准"
    return "没能核对，以本人所填为准"


def contradictions(
    form: Form, answers: Mapping[str, Any], prefilled: Mapping[str, Prefilled]
) -> tuple[Contradiction, ...]:
    """Where the person says otherwise than a source: both stay on record."""
    found = []
    for field in form.fields:
        fact = prefilled.get(field.key)
        if fact is None or field.key not in answers or fact.value == answers[field.key]:
            continue
        given = answers[field.key]
        note = Contradiction(
            field.key, field.label, fact.value, given, fact.source_label, fact.as_of
        )
        found.append(note)
    return tuple(found)


def _row(
    group: Field, row: Mapping[str, Any], names: Mapping[str, str], masked: bool = False
) -> str:
    say = mask if masked else describe
    parts = [f"{f.label} {say(f, row[f.key], names)}" for f in group.fields if f.key in row]
    return "，".join(parts)


def _day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
