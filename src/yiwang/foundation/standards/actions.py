"""Agreeing on a data element of this place's own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.foundation.standards import queries
from yiwang.foundation.standards.definitions import Element, ElementType
from yiwang.foundation.standards.models import DataElement
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, Refusal
from yiwang.mechanisms.journal import actions as journal

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class CannotDefineElement(Refusal):
    sentence = "这个数据元代码已经用过，含义不能改。"
    remedy = "含义不同的请另起一个代码。"


@transaction.atomic
def define_element(*, element: Element, actor: Actor, at: datetime) -> Element:
    """Add a datum of this place; the same again changes nothing, another meaning needs another code.

    Only the authority for sharing. Refuses NotAllowed, InvalidInput,
    CannotDefineElement.
    """
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.DATA_AUTHORITY):
        raise NotAllowed
    problems = _problems(element)
    if problems:
        raise InvalidInput(fields=problems)
    element = replace(element, local=True)
    known = queries.find_elements([element.code]).get(element.code)
    if known is None:
        row, _ = DataElement.objects.get_or_create(
            code=element.code,
            defaults={
                "name": element.name,
                "kind": element.kind,
                "length": element.length,
                "table": element.table,
                "about": element.about,
                "basis": element.basis,
                "defined_by": actor.reference,
                "defined_at": at,
            },
        )
        journal.record(
            actor=actor,
            act="standards.define_element",
            subject=reference("element", element.code),
            at=at,
        )
        known = queries.element_of(row)
    if replace(known, local=True) != element:
        raise CannotDefineElement
    return known


def _problems(element: Element) -> list[FieldProblem]:
    found = []
    if len(element.code) > 60 or _CODE.fullmatch(element.code) is None:
        found.append(FieldProblem("code", "代码不对。", "请用小写字母和点，例如 person.school。"))
    if not element.name or len(element.name) > 80:
        found.append(FieldProblem("name", "名称是空的或者超过 80 字。"))
    if not 0 < element.length <= 1_000_000:
        found.append(FieldProblem("length", "长度要在 1 到 1000000 之间。"))
    if (element.kind is ElementType.CODE) != bool(element.table):
        found.append(FieldProblem("table", "代码型要写代码表，其他类型不写。"))
    elif element.table and element.table not in queries.list_tables():
        found.append(FieldProblem("table", f"没有代码表“{element.table}”。"))
    return found
