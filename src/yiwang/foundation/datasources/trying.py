"""Trying a published query as its own department: through the same process, always masked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from yiwang.foundation.datasources.asking import Asker
from yiwang.foundation.datasources.definitions import (
    PERSONAL_GRADE,
    Field,
    FieldType,
    Operator,
    Outcome,
    Parameter,
    QueryRefused,
    ServiceKind,
    State,
)
from yiwang.foundation.datasources.models import QueryRecord
from yiwang.foundation.datasources.queries import QueryView, get_query
from yiwang.foundation.privacy.definitions import Mask
from yiwang.foundation.privacy.rules import mask
from yiwang.foundation.resources import queries as resources
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem
from yiwang.mechanisms.journal import actions as journal

SHOWN: Final = 20
_SECONDS: Final = 15.0
_WORDS: Final = {"是": True, "否": False}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came back, masked: headings, rows as text, whether there are more, when it was true."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: bool
    as_of: str
    sentence: str  # why nothing came, "" when something did


def try_query(*, query: str, said: Mapping[str, str], actor: Actor, at: datetime) -> Tried:
    """Ask as a caller would, with what was typed; it is on record that somebody looked.

    Outside a transaction. NotFound, QueryRefused (its fields name the parameter).
    """
    view = get_query(query, actor)
    if view.state is not State.PUBLISHED or view.kind is not ServiceKind.QUERY:
        raise QueryRefused("只有已发布的查询服务可以试查。", "请先发布。")
    parameters = _typed(view, said)
    with transaction.atomic():
        journal.record(
            actor=actor, act="READ", subject=f"query:{view.key}", at=at, purpose="试查本单位发布的查询服务",
            facts={"query": view.name},
        )  # fmt: skip
    answer = asyncio.run(_ask(view.name, parameters))
    fields = _graded(view)
    labels = tuple(one.label for one in fields)
    if answer.outcome in (Outcome.REFUSED, Outcome.AWAY):
        told = answer.refusal or {}
        return Tried(labels, (), False, "", f"{told.get('sentence', '')}{told.get('remedy', '')}")
    rows = tuple(
        tuple(_shown(one, row.get(one.name)) for one in fields) for row in answer.rows[:SHOWN]
    )
    more = answer.more or answer.count > SHOWN
    return Tried(labels, rows, more, answer.as_of, "" if rows else "没有查到。")


def _graded(view: QueryView) -> tuple[Field, ...]:
    """Its fields as the catalogue grades them where it is stricter than who published the query."""
    record = QueryRecord.objects.select_related("source").get(key=view.key)
    named = {field.name: field.label for field in view.published.fields}
    known = resources.list_grades(record.source.resource, named)
    graded = []
    for field in view.published.fields:
        grade, rule = known.get(field.name, (field.grade, Mask.NONE))
        own = field.mask or ("" if rule == Mask.NONE else rule)
        graded.append(replace(field, grade=max(field.grade, grade), mask=own))
    return tuple(graded)


async def _ask(name: str, parameters: Mapping[str, Any]) -> Any:
    asker = Asker(Path(settings.YIWANG_HOME))
    try:
        return await asker.ask(name=name, parameters=parameters, caller="", limit_seconds=_SECONDS)
    finally:
        await asker.close()


def _typed(view: QueryView, said: Mapping[str, str]) -> dict[str, Any]:
    """Text from a form as the parameters' types; what does not fit is left for the check to name."""
    out = {}
    for one in view.published.parameters:
        text = said.get(one.name, "").strip()
        if text:
            out[one.name] = _value(one, text)
        elif one.required:
            raise QueryRefused(fields=[FieldProblem(one.name, f"请填{one.label}。")])
    return out


def _value(one: Parameter, text: str) -> Any:
    if one.operator is Operator.ONE_OF:
        return [_one(one.type, part) for part in text.replace("，", ",").split(",") if part.strip()]
    return _one(one.type, text)


def _one(kind: FieldType, text: str) -> Any:
    tidy = text.strip()
    if kind is FieldType.INTEGER and tidy.lstrip("-").isdecimal() and len(tidy) < 19:
        return int(tidy)
    return _WORDS.get(tidy, tidy) if kind is FieldType.YES_NO else tidy


def _shown(field: Field, value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        value = "是" if value else "否"
    if field.mask or field.grade >= PERSONAL_GRADE:
        return str(mask(str(value), field.mask or "WHOLE"))
    return str(value)
