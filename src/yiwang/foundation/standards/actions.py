"""Agreeing on a data element or a code table of this place's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from yiwang.foundation.standards import queries
from yiwang.foundation.standards.definitions import CodeTable, Element
from yiwang.foundation.standards.models import DataElement, LocalCodeTable
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.journal import actions as journal


class CannotDefineElement(Refusal):
    sentence = "这个数据元代码已经用过，含义不能改。"
    remedy = "含义不同的请另起一个代码。"


class CannotChangeStandard(Refusal):
    sentence = "国家标准和随产品发布的不能在这里改。"
    remedy = "本地要用不同的，请另起一个代码。"


@transaction.atomic
def define_element(*, element: Element, actor: Actor, at: datetime) -> Element:
    """Add a datum of this place; the same again changes nothing, another meaning needs another code.

    Only the authority for sharing. Refuses NotAllowed, InvalidInput,
    CannotDefineElement.
    """
    _insist_authority(actor)
    _insist_sound(element)
    element = replace(element, local=True)
    known = queries.find_elements([element.code]).get(element.code)
    if known is None:
        known = put_element(element=element, actor=actor, at=at)
    if replace(known, local=True) != element:
        raise CannotDefineElement
    return known


@transaction.atomic
def put_element(*, element: Element, actor: Actor, at: datetime) -> Element:
    """Put a datum of this place into force, as new or over what it was: its kind and whose it is stay.

    Refuses NotAllowed, InvalidInput, CannotChangeStandard (a shipped one), CannotDefineElement.
    """
    _insist_authority(actor)
    _insist_sound(element)
    if queries.is_shipped(element.code):
        raise CannotChangeStandard
    said = {
        "name": element.name,
        "kind": element.kind,
        "length": element.length,
        "table": element.table,
        "about": element.about,
        "basis": element.basis,
        "withdrawn_because": "",
        "defined_by": actor.reference,
        "defined_at": at,
    }
    row, made = DataElement.objects.select_for_update().get_or_create(
        code=element.code, defaults=said
    )
    if (row.kind, row.about) != (element.kind, element.about):
        raise CannotDefineElement
    if not made:
        for column, value in said.items():
            setattr(row, column, value)
        row.save()
    _record("standards.define_element", reference("element", row.code), actor, at)
    return queries.element_of(row)


@transaction.atomic
def put_table(*, table: CodeTable, actor: Actor, at: datetime) -> CodeTable:
    """Put a code table of this place into force, as new or over what it was.

    Refuses NotAllowed, InvalidInput, CannotChangeStandard (a shipped one).
    """
    _insist_authority(actor)
    problems = queries.problems_of(table)
    if problems:
        raise InvalidInput(fields=problems)
    if table.name in queries.shipped_tables():
        raise CannotChangeStandard
    row, _ = LocalCodeTable.objects.update_or_create(
        name=table.name,
        defaults={
            "title": table.title,
            "source": table.source,
            "codes": [[one.code, one.label] for one in table.codes],
            "withdrawn_because": "",
            "defined_by": actor.reference,
            "defined_at": at,
        },
    )
    _record("standards.define_table", reference("code-table", row.name), actor, at)
    return queries.table_of(row)


@transaction.atomic
def withdraw_element(*, code: str, reason: str, actor: Actor, at: datetime) -> None:
    """Nothing new may hold it; who asked before makes sure that nobody does. NotAllowed, NotFound,
    CannotChangeStandard."""
    _insist_authority(actor)
    if queries.is_shipped(code):
        raise CannotChangeStandard
    if not DataElement.objects.filter(code=code, withdrawn_because="").update(
        withdrawn_because=reason
    ):
        raise NotFound("没有这个数据元。", "请检查数据元代码。")
    _record("standards.withdraw_element", reference("element", code), actor, at)


@transaction.atomic
def withdraw_table(*, name: str, reason: str, actor: Actor, at: datetime) -> None:
    """The same for a code table."""
    _insist_authority(actor)
    if name in queries.shipped_tables():
        raise CannotChangeStandard
    if not LocalCodeTable.objects.filter(name=name, withdrawn_because="").update(
        withdrawn_because=reason
    ):
        raise NotFound("没有这张代码表。", "请检查代码表名称。")
    _record("standards.withdraw_table", reference("code-table", name), actor, at)


def _insist_authority(actor: Actor) -> None:
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.DATA_AUTHORITY):
        raise NotAllowed


def _insist_sound(element: Element) -> None:
    problems = queries.problems_of(element)
    if problems:
        raise InvalidInput(fields=problems)


def _record(act: str, subject: str, actor: Actor, at: datetime) -> None:
    journal.record(actor=actor, act=act, subject=subject, at=at)
