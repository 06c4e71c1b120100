"""A file of resources becomes drafts: tried first, then all or nothing, and it can be undone; and the way out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from yiwang.foundation.resources import rules
from yiwang.foundation.resources.actions.writing import write
from yiwang.foundation.resources.definitions import (
    Content,
    ResourceFilter,
    ResourceState,
    VersionState,
)
from yiwang.foundation.resources.definitions.codes import OPEN_VERSIONS, WRITERS
from yiwang.foundation.resources.definitions.imports import ImportedRow, Outcome, ResourceReport
from yiwang.foundation.resources.models import Resource, ResourceImport, ResourceVersion
from yiwang.foundation.resources.queries.catalogue import narrowed
from yiwang.foundation.resources.rules import sheets
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, NotFound, Refusal
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.exports import queries as reading
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import queries as directory


class CannotImportResources(Refusal):
    """Nothing was written; ``fields`` name the lines."""

    status = 422
    sentence = "文件里有不能接受的资源，一项也没有导入。"
    remedy = "请改好这些行，再导入整个文件。"


class CannotUndoResources(Refusal):
    sentence = "这次导入不能撤销。"
    remedy = "有的草稿已经改过、报送或者发布了；请一项一项处理。"


def import_resources(
    *, file_name: str, data: bytes, actor: Actor, at: datetime, apply: bool = False
) -> ResourceReport:
    """Take the resources of a CSV or XLSX file over as drafts of the officer's own bodies.

    Without ``apply`` nothing is written, the report says what would be. With it: all or nothing. What is in
    force already and says the same is left alone. Refuses InvalidInput (the file cannot be read),
    CannotImportResources.
    """
    xlsx = file_name.lower().endswith(".xlsx")
    lines = reading.read_lines(data, xlsx=xlsx, missing=sheets.missing_columns)
    read = list(sheets.read_rows(lines))
    with transaction.atomic():
        rows = tuple(_outcome(line, content, problems, actor) for line, content, problems in read)
        report = ResourceReport(file_name[:300], rows, applied=False)

        def put(number: int, run: str) -> None:
            write(content=read[number][1], actor=actor, at=at, run=run)

        return settle(report, put, data=data, apply=apply, actor=actor, at=at)


def settle(
    report: ResourceReport,
    put: Callable[[int, str], None],
    *,
    data: bytes,
    apply: bool,
    actor: Actor,
    at: datetime,
) -> ResourceReport:
    """What becomes of a file that was read: nothing on a trial, else all of it under one run or, when a line
    is refused, none. ``put(number of the row, run)`` writes one. Refuses CannotImportResources."""
    if not apply:
        return report
    if report.refused:
        raise CannotImportResources(
            fields=[
                FieldProblem(f"第 {one.line} 行 {one.code}", "；".join(one.reasons))
                for one in report.rows
                if one.outcome is Outcome.REFUSED
            ][:200]
        )
    if not report.written:
        return report
    run = ResourceImport.objects.create(
        file_name=report.file_name,
        digest=hashlib.sha256(data).hexdigest(),
        actor=actor.reference,
        at=at,
        written=report.written,
        unchanged=report.unchanged,
    )
    for number, row in enumerate(report.rows):
        if row.outcome is Outcome.WRITTEN:
            put(number, run.key)
    journal.record(
        actor=actor,
        act="resources.import",
        subject=reference("resource-import", run.key),
        at=at,
        facts={"digest": run.digest, "written": run.written, "unchanged": run.unchanged},
    )
    return ResourceReport(report.file_name, report.rows, applied=True, run=run.key)


def _outcome(
    line: int, content: Content, problems: tuple[FieldProblem, ...], actor: Actor
) -> ImportedRow:
    reasons = [_said(one) for one in problems] or _reasons(content, actor)
    outcome = Outcome.REFUSED if reasons else Outcome.WRITTEN
    if not reasons and _in_force(content):
        outcome = Outcome.UNCHANGED
    return ImportedRow(
        line, content.code[:40], content.name[:120], len(content.items), outcome, tuple(reasons)
    )


def _reasons(content: Content, actor: Actor) -> list[str]:
    """Why this resource cannot become a draft of this officer; [] when it can."""
    named = {datum.element for datum in content.items if datum.element}
    found = [_said(one) for one in rules.problems(content, elements=standards.find_elements(named))]
    try:
        body = directory.get_department(content.provider)
    except NotFound:
        return [*found, "没有登记这个提供方。"]
    if actor.kind is not ActorKind.MACHINE and not set(WRITERS) & actor.roles_at(
        body.division_code, body.uscc
    ):
        found.append("不是您所在部门的资源。")
    known = Resource.objects.filter(code=content.code).first()
    if known is not None and known.department != body.uscc:
        found.append("这个代码是别的部门的资源。")
    open_version = ResourceVersion.objects.filter(
        resource__code=content.code, state__in=OPEN_VERSIONS
    )
    if open_version.exists():
        found.append("这项资源有草稿或者正在审核，请先处理。")
    return found


def _said(problem: FieldProblem) -> str:
    return f"{problem.sentence}{problem.remedy}"


def _in_force(content: Content) -> bool:
    row = Resource.objects.filter(code=content.code, state=ResourceState.PUBLISHED).first()
    return row is not None and Content.of(row.content) == content


@transaction.atomic
def undo_import(*, run: str, actor: Actor, at: datetime) -> int:
    """Take the drafts of an import away again; returns how many. Only by who imported, and while every
    draft is as it came. Refuses NotFound, CannotUndoResources."""
    drafts = ResourceVersion.objects.select_for_update().filter(
        run=run, state=VersionState.DRAFT, version=1
    )
    row = run_to_undo(run, drafts.count, actor)
    resources = list(drafts.values_list("resource_id", flat=True))
    count, _ = drafts.delete()
    Resource.objects.filter(pk__in=resources, number=0, versions__isnull=True).delete()
    note_undone(row, count, actor=actor, at=at)
    return count


def run_to_undo(run: str, drafts: Callable[[], int], actor: Actor) -> ResourceImport:
    """The import, locked, while all of its drafts are as they came; NotFound, CannotUndoResources."""
    row = ResourceImport.objects.select_for_update().filter(key=run).first()
    if row is None or actor.reference != row.actor:
        raise NotFound
    if row.undone_at is not None or drafts() != row.written:
        raise CannotUndoResources
    return row


def note_undone(row: ResourceImport, count: int, *, actor: Actor, at: datetime) -> None:
    """The import stays on record as undone."""
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    journal.record(
        actor=actor,
        act="resources.undo_import",
        subject=reference("resource-import", row.key),
        at=at,
        facts={"drafts": count},
    )


@transaction.atomic
def export_resources(*, filter: ResourceFilter, actor: Actor, at: datetime) -> bytes:
    """The resources of a list the actor may see, as XLSX that can be imported again; who took it is noted."""
    rows = narrowed(Resource.objects.visible_to(actor), filter).order_by("code")
    count = rows.count()

    def contents() -> Iterator[Content]:
        for row in rows.values_list("content", flat=True).iterator(chunk_size=500):
            yield Content.of(row)

    journal.record(
        actor=actor,
        act="resources.export",
        subject="resources:catalogue",
        at=at,
        facts={"resources": count},
    )
    return exports.write_sheet(
        title="数据资源目录",
        columns=sheets.COLUMNS,
        rows=sheets.write_rows(contents()),
        trace=f"{actor.reference} {at.isoformat()} 数据资源目录 {count} 项",
    )
