"""Taking a catalogue file over: dry run, all or nothing, undo."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from yiwang.capability.catalogue.actions.publishing import columns_of, findable
from yiwang.capability.catalogue.actions.reading import read_file
from yiwang.capability.catalogue.definitions import dump_item, load_item
from yiwang.capability.catalogue.events import CatalogueImported, ImportUndone
from yiwang.capability.catalogue.models import (
    BasicCatalogEntry,
    ImportRow,
    ImportRun,
    ItemImplementation,
    ItemVersionRecord,
)
from yiwang.capability.catalogue.rules import importing as rules
from yiwang.capability.catalogue.rules.importing import ReadRow, RefusedRow
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, NotFound, Refusal
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.assistant import actions as assistant

OUTCOMES: Final = ("ACCEPTED", "CHANGED", "UNCHANGED", "REFUSED")


class CannotImport(Refusal):
    """Nothing was written; ``fields`` name the lines."""

    status = 422
    sentence = "文件里有不能接受的行，一行也没有导入。"
    remedy = "请改好这些行，再导入整个文件。"


class CannotUndo(Refusal):
    sentence = "这次导入不能撤销。"
    remedy = "请先撤销之后的导入。"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one line: outcome, why, and what to know about it."""

    line: int
    code: str
    local_code: str
    name: str
    outcome: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import, tried or applied. The four counts sum up to the lines of the file."""

    file_name: str
    digest: str
    rows: tuple[RowOutcome, ...]
    applied: bool
    run: str = ""
    absent: int = 0  # imported before, not in this file; they stay as they are

    def count(self, outcome: str) -> int:
        return sum(1 for row in self.rows if row.outcome == outcome)

    @property
    def malformed(self) -> tuple[RowOutcome, ...]:
        return tuple(row for row in self.rows if row.note)


def import_items(*, file: Path, actor: Actor, at: datetime, apply: bool = False) -> ImportReport:
    """Take the rows of a CSV or XLSX catalogue over as declared, not yet connected items.

    Without ``apply`` nothing is written, the report says what would be. With it: all or nothing.
    The same file again changes nothing and leaves no run. Refusals: ``CannotImport`` when the file
    cannot be read, lacks a column, or (applying) a line is refused.
    """
    data, table = read_file(file)
    digest = hashlib.sha256(data).hexdigest()
    read = list(rules.read_rows(table, on=legal_date(at)))
    with transaction.atomic():
        known = _known(lock=apply)
        outcomes = tuple(_outcome(row, known) for row in read)
        absent = len(set(known) - {row.item.local_code for row in read if isinstance(row, ReadRow)})
        report = ImportReport(file.name, digest, outcomes, applied=False, absent=absent)
        refused = [row for row in outcomes if row.outcome == "REFUSED"]
        if not apply:
            return report
        if refused:
            raise CannotImport(
                fields=[FieldProblem(f"第 {row.line} 行", row.reason) for row in refused[:200]]
            )
        if report.count("UNCHANGED") == len(outcomes):
            return report
        run = _write(report, [row for row in read if isinstance(row, ReadRow)], known, actor, at)
    assistant.refresh_frequencies()
    return ImportReport(file.name, digest, outcomes, applied=True, run=run.key, absent=absent)


def _known(*, lock: bool) -> dict[str, ItemVersionRecord]:
    """local code → the open version of every imported item."""
    rows = ItemVersionRecord.objects.filter(
        implementation__origin="IMPORT", valid_until__isnull=True, state="PUBLISHED"
    ).select_related("implementation")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {row.implementation.local_code: row for row in rows.defer("content", "texts")}


def _outcome(row: ReadRow | RefusedRow, known: Mapping[str, ItemVersionRecord]) -> RowOutcome:
    if isinstance(row, RefusedRow):
        return RowOutcome(row.line, "", row.local_code, "", "REFUSED", row.reason)
    before = known.get(row.item.local_code)
    outcome = "ACCEPTED"
    if before is not None:
        same = before.digest == rules.content_digest(row.item)
        outcome = "UNCHANGED" if same else "CHANGED"
    note = rules.MALFORMED if row.malformed else ""
    item = row.item
    return RowOutcome(row.line, item.code, item.local_code, item.name, outcome, "", note)


def _write(
    report: ImportReport,
    read: Sequence[ReadRow],
    known: Mapping[str, ItemVersionRecord],
    actor: Actor,
    at: datetime,
) -> ImportRun:
    counts = Counter(row.outcome for row in report.rows)
    run = ImportRun.objects.create(
        file_name=report.file_name[:300],
        digest=report.digest,
        actor=actor.reference,
        at=at,
        counts={outcome: counts[outcome] for outcome in OUTCOMES},
    )
    by_code = {row.item.local_code: row for row in read}
    fresh = [by_code[r.local_code] for r in report.rows if r.outcome == "ACCEPTED"]
    changed = [by_code[r.local_code] for r in report.rows if r.outcome == "CHANGED"]
    implementations = _implementations(fresh)
    implementations |= {c: known[c].implementation for c in (r.item.local_code for r in changed)}
    ItemVersionRecord.objects.filter(
        pk__in=[known[row.item.local_code].pk for row in changed]
    ).update(valid_until=legal_date(at))
    versions = _versions([*fresh, *changed], implementations, known, run, actor, at)
    _rows(run, report.rows, versions)
    assistant.index([findable(row.item) for row in (*fresh, *changed)])
    journal.announce(_imported(run, counts, at), actor=actor)
    return run


def _imported(run: ImportRun, counts: Mapping[str, int], at: datetime) -> CatalogueImported:
    return CatalogueImported(
        subject=reference("catalogue-import", run.key),
        at=at,
        run=run.key,
        file_digest=run.digest,
        accepted=counts["ACCEPTED"],
        changed=counts["CHANGED"],
        unchanged=counts["UNCHANGED"],
    )


def _implementations(fresh: Sequence[ReadRow]) -> dict[str, ItemImplementation]:
    """Entries and implementations of new items; a basic entry is shared by equal names."""
    names = {(row.item.name, str(row.item.item_type), row.main_item) for row in fresh}
    BasicCatalogEntry.objects.bulk_create(
        [BasicCatalogEntry(name=n, item_type=t, main_item=m) for n, t, m in sorted(names)],
        ignore_conflicts=True,
        batch_size=500,
    )
    entries = {
        (entry.name, entry.item_type, entry.main_item): entry
        for entry in BasicCatalogEntry.objects.filter(
            basic_code__isnull=True, name__in={name for name, _, _ in names}
        )
    }
    made = ItemImplementation.objects.bulk_create(
        [
            ItemImplementation(
                code=row.item.code,
                entry=entries[row.item.name, str(row.item.item_type), row.main_item],
                origin="IMPORT",
                local_code=row.item.local_code,
                local_code_malformed=row.malformed,
            )
            for row in fresh
        ],
        batch_size=500,
    )
    return {one.local_code: one for one in made}


def _versions(
    rows: Sequence[ReadRow],
    implementations: Mapping[str, ItemImplementation],
    known: Mapping[str, ItemVersionRecord],
    run: ImportRun,
    actor: Actor,
    at: datetime,
) -> dict[str, ItemVersionRecord]:
    made = ItemVersionRecord.objects.bulk_create(
        [
            ItemVersionRecord(
                implementation=implementations[row.item.local_code],
                number=known[code].number + 1 if (code := row.item.local_code) in known else 1,
                content=dump_item(row.item),
                digest=rules.content_digest(row.item),
                run=run,
                published_by=actor.reference,
                approved_by=actor.reference,
                published_at=at,
                **columns_of(row.item),
            )
            for row in rows
        ],
        batch_size=250,
    )
    return {row.item.code: version for row, version in zip(rows, made, strict=True)}


def _rows(
    run: ImportRun, outcomes: Sequence[RowOutcome], versions: Mapping[str, ItemVersionRecord]
) -> None:
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                run=run,
                line=row.line,
                code=row.code,
                outcome=row.outcome,
                reason=row.reason,
                note=row.note,
                new_version=versions.get(row.code),
            )
            for row in outcomes
        ),
        batch_size=1_000,
    )


@transaction.atomic
def undo_import(*, run_key: str, actor: Actor, at: datetime) -> int:
    """Take an import back: what it brought goes, what it replaced holds again; the run stays on record.

    Returns how many versions went. Refusals: ``NotFound``; ``CannotUndo`` when it was undone already
    or a later import built on it.
    """
    run = ImportRun.objects.select_for_update().filter(key=run_key).first()
    if run is None:
        raise NotFound("没有这次导入。")
    if run.undone_at is not None:
        raise CannotUndo("这次导入已经撤销过了。", "不用再撤销。")
    versions = list(run.versions.select_for_update().select_related("implementation"))
    owners = {version.implementation_id: version for version in versions}
    later = ItemVersionRecord.objects.filter(implementation__in=owners).exclude(run=run)
    if any(
        v.number > owners[v.implementation_id].number
        for v in later.only("number", "implementation_id")
    ):
        raise CannotUndo
    run.versions.all().delete()
    _reopen(owners)
    gone = ItemImplementation.objects.filter(pk__in=owners, versions__isnull=True)
    assistant.drop(kind="ITEM", codes=list(gone.values_list("code", flat=True)))
    entries = list(gone.values_list("entry_id", flat=True))
    gone.delete()
    BasicCatalogEntry.objects.filter(pk__in=entries, itemimplementation__isnull=True).delete()
    run.undone_by, run.undone_at = actor.reference, at
    run.save(update_fields=["undone_by", "undone_at"])
    journal.announce(
        ImportUndone(subject=reference("catalogue-import", run.key), at=at, run=run.key),
        actor=actor,
    )
    return len(versions)


def _reopen(owners: Mapping[int, ItemVersionRecord]) -> None:
    """The versions the import replaced hold again, and are found again under their own words."""
    before = [
        version
        for version in ItemVersionRecord.objects.filter(implementation__in=owners)
        if version.number == owners[version.implementation_id].number - 1
    ]
    ItemVersionRecord.objects.filter(pk__in=[v.pk for v in before]).update(valid_until=None)
    assistant.index([findable(load_item(version.content)) for version in before])
