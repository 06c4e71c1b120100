"""A file of data elements or code tables becomes drafts, as a file of resources does; and the way out."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from yiwang.foundation.resources.actions.importing import note_undone, run_to_undo, settle
from yiwang.foundation.resources.actions.standards import (
    insist_proposable,
    propose_standard,
    seat_of,
)
from yiwang.foundation.resources.definitions import VersionState
from yiwang.foundation.resources.definitions.imports import ImportedRow, Outcome, ResourceReport
from yiwang.foundation.resources.definitions.standards import (
    OPEN_STANDARDS,
    STANDARD_LABELS,
    Standard,
    StandardKind,
    code_of,
    title_of,
)
from yiwang.foundation.resources.models import StandardVersion
from yiwang.foundation.resources.queries.standards import find_standard
from yiwang.foundation.resources.rules import standards as rules
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import CodeTable
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.exports import queries as reading
from yiwang.mechanisms.journal import actions as journal


def import_standards(
    *,
    kind: StandardKind,
    file_name: str,
    data: bytes,
    actor: Actor,
    at: datetime,
    apply: bool = False,
) -> ResourceReport:
    """Take the data elements or code tables of a CSV or XLSX file over as drafts, tried first, then all or
    nothing; what says the same as what is in force is left alone.

    Refuses NotAllowed, InvalidInput (the file cannot be read), CannotImportResources.
    """
    seat_of(actor)
    missing = partial(rules.missing_columns, kind)
    xlsx = file_name.lower().endswith(".xlsx")
    lines = reading.read_lines(data, xlsx=xlsx, missing=missing)
    read = list(rules.read_rows(kind, lines))
    with transaction.atomic():
        busy = _busy(kind, [code_of(one) for _line, one, _problems in read])
        rows = tuple(_outcome(kind, line, one, wrong, busy) for line, one, wrong in read)

        def put(number: int, run: str) -> None:
            propose_standard(content=read[number][1], actor=actor, at=at, run=run)

        report = ResourceReport(file_name[:300], rows, applied=False)
        return settle(report, put, data=data, apply=apply, actor=actor, at=at)


@transaction.atomic
def undo_standards(*, run: str, actor: Actor, at: datetime) -> int:
    """Take the drafts of such an import away again; returns how many. Refuses NotFound, CannotUndoResources."""
    drafts = StandardVersion.objects.select_for_update().filter(
        run=run, state=VersionState.DRAFT, version=1
    )
    row = run_to_undo(run, drafts.count, actor)
    count, _ = drafts.delete()
    note_undone(row, count, actor=actor, at=at)
    return count


@transaction.atomic
def export_standards(*, kind: StandardKind, actor: Actor, at: datetime) -> bytes:
    """Everything in force as XLSX that can be imported again; who took it is noted."""
    every: tuple[Standard, ...] = (
        standards.list_elements() if kind is StandardKind.ELEMENT else standards.read_tables()
    )
    label = STANDARD_LABELS[kind]
    journal.record(
        actor=actor, act="resources.export_standards", subject="resources:standards", at=at,
        facts={"kind": kind, "count": len(every)},
    )  # fmt: skip
    return exports.write_sheet(
        title=label,
        columns=tuple(rules.COLUMNS[kind]),
        rows=rules.write_rows(every),
        trace=f"{actor.reference} {at.isoformat()} {label} {len(every)} 项",
    )


def _busy(kind: StandardKind, codes: list[str]) -> set[str]:
    rows = StandardVersion.objects.filter(kind=kind, code__in=codes, state__in=OPEN_STANDARDS)
    return set(rows.values_list("code", flat=True))


def _outcome(
    kind: StandardKind,
    line: int,
    standard: Standard,
    wrong: tuple[FieldProblem, ...],
    busy: set[str],
) -> ImportedRow:
    reasons = [f"{one.sentence}{one.remedy}" for one in wrong]
    outcome = Outcome.WRITTEN
    if not reasons and rules.same(find_standard(kind, code_of(standard)), standard):
        outcome = Outcome.UNCHANGED
    elif not reasons:
        reasons = _reasons(standard, busy)
    size = len(standard.codes) if isinstance(standard, CodeTable) else 1
    return ImportedRow(
        line, code_of(standard)[:60], title_of(standard)[:120], size,
        Outcome.REFUSED if reasons else outcome, tuple(reasons),
    )  # fmt: skip


def _reasons(standard: Standard, busy: set[str]) -> list[str]:
    """Why this cannot become a draft; [] when it can."""
    if code_of(standard) in busy:
        return ["有草稿或者正在审核，请先处理。"]
    try:
        insist_proposable(standard)
    except InvalidInput as refusal:
        return [f"{one.sentence}{one.remedy}" for one in refusal.fields]
    except Refusal as refusal:
        return [f"{refusal.sentence}{refusal.remedy}"]
    return []
