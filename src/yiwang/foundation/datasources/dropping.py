"""文件投递: a file or sheet for a catalogued resource, checked row by row against its declared items.

Checking changes nothing (a dry run with a report per row); taking it makes it the content that is
asked; undoing puts the last one back, and after the first one leaves none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.foundation.datasources import probing
from yiwang.foundation.datasources.definitions import (
    OFFICERS,
    CannotReadSource,
    CannotTakeDrop,
    Column,
    DropState,
    FieldType,
    SourceKind,
)
from yiwang.foundation.datasources.models import DropRecord, SourceRecord
from yiwang.foundation.datasources.queries import DropView, drop_view
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import Datum, ResourceView
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import ElementType
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind, StoredFile
from yiwang.mechanisms.journal import actions as journal

_TYPES: Final = {
    ElementType.TEXT: FieldType.TEXT,
    ElementType.CODE: FieldType.TEXT,
    ElementType.MOMENT: FieldType.TEXT,
    ElementType.NUMBER: FieldType.DECIMAL,
    ElementType.DATE: FieldType.DATE,
    ElementType.YES_NO: FieldType.YES_NO,
}


def check_drop(
    *, resource: str, data: bytes, filename: str, actor: Actor, at: datetime
) -> DropView:
    """Keep a CSV or XLSX and check every row against the items the catalogue declares; nothing else
    changes. What is wrong stands in the report, row by row. Outside a transaction.

    NotFound, NotAllowed (another body's resource), CannotStoreFile, CannotReadSource.
    """
    declared = resources.get_resource(resource)
    held = actor.roles_at(declared.division_code, declared.provider)
    if not any(role in held for role in OFFICERS):
        raise NotAllowed
    sent = files.store(
        data=data, filename=filename, actor=actor, at=at, accept=(Kind.CSV, Kind.XLSX)
    )
    content = _as_csv(sent, actor, at)
    problems, columns = _problems(declared, content.key)
    with transaction.atomic():
        row = DropRecord.objects.create(
            resource=declared.code,
            filename=sent.filename,
            digest=sent.digest,
            file_key=content.key,
            columns=[[one.name, one.type.value] for one in columns],
            problems=[list(one) for one in problems],
            state=DropState.REFUSED if problems else DropState.CHECKED,
            division_code=declared.division_code,
            department=declared.provider,
            made_by=actor.reference,
            made_at=at,
        )
        for key in {sent.key, content.key}:
            files.attach(key=key, subject=row.reference, at=at)
        journal.record(
            actor=actor, act="datasources.drop_checked", subject=row.reference, at=at,
            facts={"resource": declared.code, "digest": sent.digest, "problems": len(problems)},
        )  # fmt: skip
    return drop_view(row)


@transaction.atomic
def take_drop(*, drop: str, version: int, actor: Actor, at: datetime) -> DropView:
    """The checked file is what is asked from now on. NotFound, CannotTakeDrop, VersionConflict."""
    row = _drop(drop, actor, version)
    if row.state != DropState.CHECKED:
        raise CannotTakeDrop
    source = SourceRecord.objects.select_for_update().filter(
        resource=row.resource, department=row.department
    ).first()  # fmt: skip
    columns = [{"name": "data", "columns": row.columns}]
    if source is None:
        source = SourceRecord.objects.create(
            label=resources.get_resource(row.resource).name[:80],
            kind=SourceKind.CSV,
            resource=row.resource,
            file_key=row.file_key,
            tables=columns,
            as_of=row.made_at,
            division_code=row.division_code,
            department=row.department,
            made_by=actor.reference,
            made_at=at,
        )
    else:
        if source.tables != columns:
            raise CannotTakeDrop("列和正在用的那一份不一样。", "请用同样的表头和次序。")
        row.previous_file, row.previous_as_of = (
            source.file_key,
            source.as_of,
        )  # "": none, taken back
        _lay(source, row.file_key, row.made_at)
    files.attach(key=row.file_key, subject=source.reference, at=at)
    row.source = source
    return _settle(row, DropState.TAKEN, "datasources.drop_taken", actor, at)


@transaction.atomic
def undo_drop(*, drop: str, version: int, actor: Actor, at: datetime) -> DropView:
    """The file before it is asked again; after the first one there is no data, and services say so. Only
    the last one taken.

    NotFound, CannotTakeDrop, VersionConflict.
    """
    row = _drop(drop, actor, version)
    source = SourceRecord.objects.select_for_update().filter(pk=row.source_id or 0).first()
    if row.state != DropState.TAKEN or source is None or source.file_key != row.file_key:
        raise CannotTakeDrop("只有最后采用的那一份可以撤回。", "请再投一份正确的文件。")
    _lay(source, row.previous_file, row.previous_as_of)
    return _settle(row, DropState.UNDONE, "datasources.drop_undone", actor, at)


def _lay(source: SourceRecord, file_key: str, as_of: datetime | None) -> None:
    source.file_key, source.as_of, source.version = file_key, as_of, source.version + 1
    source.save(update_fields=["file_key", "as_of", "version"])


def _settle(row: DropRecord, state: DropState, act: str, actor: Actor, at: datetime) -> DropView:
    row.state, row.version = state, row.version + 1
    row.save(update_fields=["state", "version", "source", "previous_file", "previous_as_of"])
    journal.record(
        actor=actor, act=act, subject=row.reference, at=at, facts={"resource": row.resource}
    )
    probing.tell()
    return drop_view(row)


def _drop(key: str, actor: Actor, version: int) -> DropRecord:
    row = DropRecord.objects.select_for_update().visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise VersionConflict
    return row


def _as_csv(sent: StoredFile, actor: Actor, at: datetime) -> StoredFile:
    """A sheet becomes a CSV beside it; a CSV is one."""
    if sent.kind is Kind.CSV:
        return sent
    return files.store(
        data=probing.sheet_as_csv(sent.key), filename="sheet.csv", actor=actor, at=at,
        accept=(Kind.CSV,),
    )  # fmt: skip


def _problems(
    declared: ResourceView, file_key: str
) -> tuple[list[tuple[str, str]], tuple[Column, ...]]:
    """What is wrong, each with its place; and the columns as the file has them."""
    try:
        (table,) = probing.look(kind=SourceKind.CSV, address="", file_key=file_key)
    except CannotReadSource as refused:
        return [("文件", refused.sentence)], ()
    header = [one.name for one in table.columns]
    known = {one.label: one for one in declared.items} | {one.name: one for one in declared.items}
    found = [known.get(name) for name in header]
    wrong = [
        ("第 1 行", f"目录里没有登记“{name[:40]}”这一项。")
        for name, one in zip(header, found, strict=True)
        if one is None
    ]
    there = {one.name for one in found if one is not None}
    wrong += [
        ("第 1 行", f"缺少“{one.label}”这一列。") for one in declared.items if one.name not in there
    ]
    items = [one for one in found if one is not None]
    wrong += [
        ("第 1 行", f"“{one.label}”不能放在表格里。") for one in items if one.kind not in _TYPES
    ]
    if wrong:
        return wrong, ()
    columns = tuple(Column(name, _TYPES[one.kind]) for name, one in zip(header, items, strict=True))
    try:
        probing.look(
            kind=SourceKind.CSV, address="", file_key=file_key,
            columns=[[one.name, one.type.value] for one in columns], demands=_demands(items),
        )  # fmt: skip
    except CannotReadSource as refused:
        if not refused.fields:
            raise
        return [(one.field, one.sentence) for one in refused.fields], columns
    return [], columns


def _demands(items: Sequence[Datum]) -> list[tuple[int, tuple[str, ...]]]:
    """How long a cell may be, and which codes it may hold."""
    elements = standards.find_elements([one.element for one in items if one.element])
    out = []
    for one in items:
        element = elements.get(one.element)
        coded = one.kind is ElementType.CODE and element is not None and element.table
        codes = (
            tuple(code.code for code in standards.get_table(element.table).codes)
            if coded and element is not None
            else ()
        )
        out.append((one.length, codes))
    return out
