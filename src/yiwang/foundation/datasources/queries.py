"""Sources and published queries as others see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from yiwang.foundation.datasources.definitions import (
    Column,
    DropState,
    FieldType,
    Published,
    ServiceKind,
    SourceKind,
    State,
    Table,
)
from yiwang.foundation.datasources.models import (
    DropRecord,
    QueryRecord,
    SourceRecord,
    VersionRecord,
)
from yiwang.foundation.datasources.opening import database_address
from yiwang.foundation.datasources.rules.drafting import drafted, suggest
from yiwang.foundation.datasources.rules.reading import read as read_definition
from yiwang.foundation.datasources.rules.reading import write as write_definition
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.network.nodes import queries as nodes

__all__ = [
    "DropView",
    "QueryView",
    "SourceView",
    "drafted",
    "drop_view",
    "get_drop",
    "get_query",
    "get_source",
    "list_drops",
    "list_queries",
    "list_sources",
    "read_definition",
    "service_code",
    "source_view",
    "suggest",
    "tables_of",
    "write_definition",
]

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source; its address is never shown."""

    key: str
    label: str
    kind: SourceKind
    tables: tuple[Table, ...]
    as_of: datetime | None
    department: str
    division_code: str
    made_at: datetime
    version: int
    empty: bool = False  # its only file was taken back


@dataclass(frozen=True, slots=True)
class QueryView:
    """One published query and its newest version. ``newer``: that version is not the one in force."""

    key: str
    name: str
    title: str
    kind: ServiceKind
    state: State
    version: int
    source: SourceView
    published: Published
    number: int
    newer: bool
    analyst: bool
    proposed_by: str
    approved_by: str

    @property
    def upstream(self) -> str:
        """How the exchange reaches it."""
        return f"local:{self.name}"


@dataclass(frozen=True, slots=True)
class DropView:
    """One file sent for a resource. ``undoable``: it is the last one taken. ``problems``: place and sentence, at most fifty."""

    key: str
    resource: str
    filename: str
    state: DropState
    problems: tuple[tuple[str, str], ...]
    source: str
    undoable: bool
    first: bool  # taken back, there is no data
    made_at: datetime
    version: int


def list_drops(actor: Actor) -> tuple[DropView, ...]:
    """The newest 200 files the department sent."""
    rows = DropRecord.objects.visible_to(actor).select_related("source").order_by("-id")[:MOST]
    return tuple(drop_view(row) for row in rows)


def get_drop(key: str, actor: Actor) -> DropView:
    """One file; NotFound."""
    row = DropRecord.objects.visible_to(actor).select_related("source").filter(key=key).first()
    if row is None:
        raise NotFound
    return drop_view(row)


def drop_view(row: DropRecord) -> DropView:
    source = row.source
    last = source is not None and source.file_key == row.file_key
    return DropView(
        row.key,
        row.resource,
        row.filename,
        DropState(row.state),
        tuple((place, sentence) for place, sentence in row.problems),
        source.key if source else "",
        row.state == DropState.TAKEN and last,
        not row.previous_file,
        row.made_at,
        row.version,
    )


def list_sources(actor: Actor) -> tuple[SourceView, ...]:
    """The newest 200 sources of the actor's department."""
    rows = SourceRecord.objects.visible_to(actor).order_by("-id")[:MOST]
    return tuple(source_view(row) for row in rows)


def get_source(key: str, actor: Actor) -> SourceView:
    """One source; NotFound."""
    row = SourceRecord.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return source_view(row)


def list_queries(actor: Actor) -> tuple[QueryView, ...]:
    """The newest 200 published queries of the actor's department, with their newest versions."""
    rows = list(
        QueryRecord.objects.visible_to(actor).select_related("source").order_by("-id")[:MOST]
    )
    newest = {
        one.query_id: one
        for one in VersionRecord.objects.filter(query__in=rows).order_by("query", "number")
    }
    return tuple(_view(row, newest[row.pk]) for row in rows)


def get_query(key: str, actor: Actor) -> QueryView:
    """One query by its key; NotFound."""
    row = QueryRecord.objects.visible_to(actor).select_related("source").filter(key=key).first()
    if row is None:
        raise NotFound
    newest = row.versions.order_by("-number").first()
    if newest is None:
        raise NotFound
    return _view(row, newest)


def source_view(row: SourceRecord) -> SourceView:
    return SourceView(
        row.key,
        row.label,
        SourceKind(row.kind),
        tables_of(row.tables),
        row.as_of,
        row.department,
        row.division_code,
        row.made_at,
        row.version,
        bool(row.resource) and not row.file_key,
    )


def tables_of(plain: list[dict[str, object]]) -> tuple[Table, ...]:
    """Tables as they are kept."""
    return tuple(
        Table(
            str(one["name"]),
            tuple(Column(name, FieldType(kind)) for name, kind in one["columns"]),  # type: ignore[attr-defined]
        )
        for one in plain
    )


def _view(row: QueryRecord, newest: VersionRecord) -> QueryView:
    return QueryView(
        key=row.key,
        name=row.name,
        title=row.title,
        kind=ServiceKind(row.kind),
        state=State(row.state),
        version=row.version,
        source=source_view(row.source),
        published=Published.from_json(newest.body),
        number=newest.number,
        newer=newest.number != row.published_version,
        analyst=newest.analyst,
        proposed_by=newest.proposed_by,
        approved_by=newest.approved_by,
    )


def service_code(view: QueryView) -> str:
    """What the exchange calls it."""
    return f"{nodes.own().code}/{view.name}"


def get_address(address: str) -> dict[str, str]:
    """The parts of a department's database address; CannotReadSource, SourceNotAllowed for a host the
    operator has not named."""
    return database_address(address, frozenset(settings.SOURCE_HOSTS))
