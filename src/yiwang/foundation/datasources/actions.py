"""Declaring sources, publishing what may be asked of them, and stopping it within seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from yiwang.foundation.datasources import probing, serving
from yiwang.foundation.datasources.definitions import (
    OFFICERS,
    STATE_LABELS,
    CannotPublishQuery,
    CannotReadSource,
    Column,
    NeedsSecondPerson,
    Published,
    ServiceKind,
    SourceKind,
    State,
    Table,
)
from yiwang.foundation.datasources.dropping import check_drop, take_drop, undo_drop
from yiwang.foundation.datasources.events import QueryPublished, QueryStopped
from yiwang.foundation.datasources.models import QueryRecord, SourceRecord, VersionRecord
from yiwang.foundation.datasources.queries import (
    QueryView,
    SourceView,
    get_query,
    source_view,
    tables_of,
)
from yiwang.foundation.datasources.rules import checking
from yiwang.foundation.datasources.trying import Tried, try_query
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import (
    FieldProblem,
    InvalidInput,
    NotAllowed,
    NotFound,
    VersionConflict,
)
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states.actions import move
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

_BY: Final = (Party.OFFICIAL.value,)
MACHINE: Final = Machine(
    profile="datasources.query",
    version=1,
    initial=State.DRAFT,
    transitions=(
        Transition(State.DRAFT, "publish", _BY, State.PUBLISHED, "发布", "!analyst"),
        Transition(State.DRAFT, "propose", _BY, State.WAITING, "送核定", "analyst"),
        Transition(State.WAITING, "approve", _BY, State.PUBLISHED, "核定发布", "second_person"),
        Transition(State.WAITING, "decline", _BY, State.PUBLISHED, "退回，原版本照旧", "live"),
        Transition(State.WAITING, "decline", _BY, State.DRAFT, "退回", "!live"),
        Transition(State.PUBLISHED, "publish", _BY, State.PUBLISHED, "发布新版本", "!analyst"),
        Transition(State.PUBLISHED, "propose", _BY, State.WAITING, "新版本送核定", "analyst"),
        Transition(State.PUBLISHED, "stop", _BY, State.STOPPED, "停用"),
        Transition(State.STOPPED, "publish", _BY, State.PUBLISHED, "重新发布", "!analyst"),
        Transition(State.STOPPED, "propose", _BY, State.WAITING, "送核定", "analyst"),
        Transition(State.WAITING, "stop", _BY, State.STOPPED, "停用"),
    ),
    labels={str(state): label for state, label in STATE_LABELS.items()},
)


def register_source(
    *,
    label: str,
    kind: SourceKind,
    department: str,
    division_code: str,
    actor: Actor,
    at: datetime,
    address: str = "",
    file_key: str = "",
    columns: Sequence[Column] = (),
) -> SourceView:
    """Declare where a department's data lie; it is opened and looked at first, outside a transaction.

    ``file_key``: an uploaded CSV; else ``address``: a path below the operator's folder
    (``<department>/<file>``) or a PostgreSQL address. ``columns``: what a CSV's columns are; guessed
    when not given. Refuses NotAllowed, InvalidInput, CannotReadSource, SourceNotAllowed,
    AccountMayWrite.
    """
    _refuse_stranger(actor, department, division_code)
    if not 0 < len(label) <= 80 or not label.isprintable():
        raise InvalidInput(fields=[FieldProblem("label", "请写数据源的名称，不超过 80 个字。")])
    if bool(address) == bool(file_key) or (file_key and kind is not SourceKind.CSV):
        raise InvalidInput(fields=[FieldProblem("address", "请上传文件，或者写地址，两者选一。")])
    if address and kind is not SourceKind.POSTGRES and address.split("/")[0] != department:
        raise CannotReadSource("文件要放在本单位的文件夹里。", f"请写“{department}/文件名”。")
    tables = _look(kind, address, file_key, columns)
    with transaction.atomic():
        row = SourceRecord.objects.create(
            label=label,
            kind=kind,
            address=address,
            file_key=file_key,
            tables=_plain(tables),
            as_of=at if file_key else None,
            division_code=division_code,
            department=department,
            made_by=actor.reference,
            made_at=at,
        )
        if file_key:
            files.attach(key=file_key, subject=row.reference, at=at)
        journal.record(
            actor=actor, act="datasources.source_registered", subject=row.reference, at=at,
            facts={"kind": kind.value, "department": department},
        )  # fmt: skip
    return source_view(row)


def replace_file(
    *, source: str, file_key: str, version: int, actor: Actor, at: datetime
) -> SourceView:
    """A newer CSV with the same columns takes the place of the last one; the services go on.

    Every row is checked first, outside a transaction. NotFound, CannotReadSource (names the rows),
    VersionConflict.
    """
    row = _source(source, actor)
    columns = [c for table in tables_of(row.tables) for c in table.columns]
    if SourceKind(row.kind) is not SourceKind.CSV or not row.file_key:
        raise CannotReadSource("只有上传的 CSV 可以换文件。", "别的数据源直接在原处更新。")
    _look(SourceKind.CSV, "", file_key, columns)
    with transaction.atomic():
        changed = SourceRecord.objects.filter(pk=row.pk, version=version).update(
            file_key=file_key, as_of=at, version=version + 1
        )
        if not changed:
            raise VersionConflict
        files.attach(key=file_key, subject=row.reference, at=at)
        files.detach(key=row.file_key, subject=row.reference)
        journal.record(
            actor=actor, act="datasources.file_replaced", subject=row.reference, at=at,
            facts={"version": version + 1},
        )  # fmt: skip
        probing.tell()
    row.refresh_from_db()
    return source_view(row)


@transaction.atomic
def propose_query(
    *,
    source: str,
    published: Published,
    actor: Actor,
    at: datetime,
    query: str = "",
    version: int = 0,
) -> QueryView:
    """Publish what may be asked of a source; analyst SQL waits for a second person instead.

    ``query`` and ``version``: the next version of that one. NotFound, CannotPublishQuery (its fields
    name what is wrong), VersionConflict.
    """
    row = _source(source, actor)
    problems = [*checking.problems(published, tables_of(row.tables))]
    if published.kind is ServiceKind.TABLE and row.kind != SourceKind.POSTGRES:
        problems.append(FieldProblem("kind", "整表交换只能从 PostgreSQL 数据库的表发布。"))
    if problems:
        raise CannotPublishQuery(fields=problems)
    record = _query(query, actor) if query else _new_query(row, published, actor, at)
    if record.source_id != row.pk or record.name != published.name:
        raise CannotPublishQuery(fields=[FieldProblem("name", "新版本不能换数据源和名称。")])
    number = record.versions.count() + 1
    analyst = bool(published.sql)
    VersionRecord.objects.create(
        query=record,
        number=number,
        body=published.as_json(),
        analyst=analyst,
        proposed_by=actor.reference,
        proposed_at=at,
        approved_by="" if analyst else actor.reference,
        approved_at=None if analyst else at,
    )
    changes: dict[str, object] = {"title": published.title, "kind": published.kind.value}
    act = "propose" if analyst else "publish"
    if analyst:
        journal.record(
            actor=actor, act="datasources.query_proposed", subject=record.reference, at=at,
            facts={"query": record.name, "number": number},
        )  # fmt: skip
    else:
        changes["published_version"] = number
    was_stopped = record.state == State.STOPPED
    _move(record, act, version or record.version, analyst=analyst, changes=changes)
    if not analyst:
        _announce(record, number, published, actor, at, was_stopped=was_stopped)
    return get_query(record.key, actor)


@transaction.atomic
def approve_query(*, query: str, version: int, actor: Actor, at: datetime) -> QueryView:
    """A second person lets an analyst's statement run. NeedsSecondPerson, NotFound, CannotDo."""
    record, newest = _waiting(query, actor)
    if newest.proposed_by == actor.reference or newest.proposed_by == actor.person:
        raise NeedsSecondPerson
    published = Published.from_json(newest.body)
    was_stopped = record.published_version is None
    _move(
        record, "approve", version, second_person=True,
        changes={"published_version": newest.number},
    )  # fmt: skip
    newest.approved_by, newest.approved_at = actor.reference, at
    newest.save(update_fields=["approved_by", "approved_at"])
    _announce(record, newest.number, published, actor, at, was_stopped=was_stopped)
    return get_query(record.key, actor)


@transaction.atomic
def decline_query(*, query: str, version: int, reason: str, actor: Actor, at: datetime) -> None:
    """A second person sends an analyst's statement back. NotFound, CannotDo, InvalidInput."""
    record, _ = _waiting(query, actor)
    _move(record, "decline", version)
    journal.record(
        actor=actor, act="datasources.query_declined", subject=record.reference, at=at,
        facts={"query": record.name, "reason": _reason(reason)},
    )  # fmt: skip


@transaction.atomic
def stop_query(*, query: str, version: int, reason: str, actor: Actor, at: datetime) -> None:
    """From now on it answers nobody, within seconds. NotFound, CannotDo, InvalidInput."""
    record = _query(query, actor)
    words = _reason(reason)
    _move(record, "stop", version, changes={"published_version": None})
    journal.announce(
        QueryStopped(subject=record.reference, at=at, query=record.name, reason=words), actor=actor
    )
    serving.take_down(record.name, reason=words, actor=actor, at=at)
    probing.tell()


def _look(
    kind: SourceKind, address: str, file_key: str, columns: Sequence[Column]
) -> tuple[Table, ...]:
    declared = [[one.name, one.type.value] for one in columns]
    tables = probing.look(kind=kind, address=address, file_key=file_key, columns=declared)
    if kind is SourceKind.CSV and not declared:  # now row by row, as guessed
        declared = [[one.name, one.type.value] for one in tables[0].columns]
        probing.look(kind=kind, address=address, file_key=file_key, columns=declared)
    elif declared:
        tables = (Table("data", tuple(columns)),)
    if not any(table.columns for table in tables):
        raise CannotReadSource("数据源里没有可以查的表。", "请检查账号能不能看到要发布的表。")
    return tables


def _plain(tables: Sequence[Table]) -> list[dict[str, object]]:
    return [
        {"name": one.name, "columns": [[c.name, c.type.value] for c in one.columns]}
        for one in tables
    ]


def _refuse_stranger(actor: Actor, department: str, division_code: str) -> None:
    roles = actor.roles_at(division_code, department)
    if not any(role in roles for role in OFFICERS):
        raise NotAllowed


def _source(key: str, actor: Actor) -> SourceRecord:
    row = SourceRecord.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _query(key: str, actor: Actor) -> QueryRecord:
    row = QueryRecord.objects.select_for_update().visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def _waiting(key: str, actor: Actor) -> tuple[QueryRecord, VersionRecord]:
    record = _query(key, actor)
    newest = record.versions.order_by("-number").first()
    if newest is None:
        raise NotFound
    return record, newest


def _new_query(
    source: SourceRecord, published: Published, actor: Actor, at: datetime
) -> QueryRecord:
    try:
        with transaction.atomic():
            return QueryRecord.objects.create(
                name=published.name,
                title=published.title,
                kind=published.kind,
                source=source,
                division_code=source.division_code,
                department=source.department,
                made_by=actor.reference,
                made_at=at,
            )
    except IntegrityError as error:
        raise CannotPublishQuery(
            fields=[FieldProblem("name", "这个服务名称已经有了。", "请换一个名称。")]
        ) from error


def _move(
    record: QueryRecord,
    act: str,
    version: int,
    *,
    analyst: bool = False,
    second_person: bool = False,
    changes: dict[str, object] | None = None,
) -> None:
    move(
        record, machine=MACHINE, act=act, role=Party.OFFICIAL, version=version,
        facts={"analyst": analyst, "second_person": second_person,
               "live": record.published_version is not None}, changes=changes,
    )  # fmt: skip


def _announce(
    record: QueryRecord,
    number: int,
    published: Published,
    actor: Actor,
    at: datetime,
    *,
    was_stopped: bool,
) -> None:
    serving.put_up(
        published,
        department=record.department,
        resource=record.source.resource,
        was_stopped=was_stopped,
        actor=actor,
        at=at,
    )
    journal.announce(
        QueryPublished(
            subject=record.reference, at=at, query=record.name, version=number,
            service_kind=published.kind.value,
        ),
        actor=actor,
    )  # fmt: skip
    probing.tell()


def _reason(reason: str) -> str:
    if not 0 < len(reason.strip()) <= 200 or not reason.isprintable():
        raise InvalidInput(fields=[FieldProblem("reason", "请写明原因，不超过 200 个字。")])
    return reason.strip()


__all__ = [
    "MACHINE",
    "Tried",
    "approve_query",
    "check_drop",
    "decline_query",
    "propose_query",
    "register_source",
    "replace_file",
    "stop_query",
    "take_drop",
    "try_query",
    "undo_drop",
]
