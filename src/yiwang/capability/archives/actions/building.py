"""归档: gather, pack, test, keep. A package that does not pass is not archived and says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from yiwang.capability.archives import queries, rules
from yiwang.capability.archives.actions import gathering, packing, testing
from yiwang.capability.archives.actions.moving import locked, step, take_number
from yiwang.capability.archives.checker import Report
from yiwang.capability.archives.definitions import Occasion, PackageState, Piece
from yiwang.capability.archives.definitions.retention import ENDING_LABELS, PERIOD_LABELS, Period
from yiwang.capability.archives.events import CaseArchived, PackageFailed
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import split
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind, StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.support.letters.queries import CannotPrint

_BUILDABLE: Final = (PackageState.DUE, PackageState.FAILED)
BASIS: Final = (
    "国务院关于在线政务服务的若干规定 第十二条；档案法 第三十七条；档案法实施条例 第三十九条"
)


def build(*, key: str, actor: Actor, at: datetime, more: Sequence[Piece] = ()) -> ArchivePackage:
    """Archive one finished case. Call outside a transaction; of two at once one package comes out.

    ``more``: what upper modules add. What does not pass the four tests becomes FAILED, with the
    checks. Refusals: NotFound, NotAllowed, NotYourArchive, CannotArchive, NoRetentionTable,
    CannotDo (archived already), TryLater (a PDF or the journal's seal is a second behind).
    """
    row = _prepare(key, actor, at)
    case = cases.get_whole_case(split(row.case)[1], at=at)
    pieces = (*gathering.gather(case, at=at), *more)
    try:
        content = packing.pack(row, pieces, _metadata(row, case), at=at)
    except CannotPrint as refusal:
        return _fail(key, actor, at, testing.unprintable(refusal.sentence))
    with content:
        report = testing.examine(content, secrets=testing.secrets_of(case))
        if not report.sound:
            return _fail(key, actor, at, report)
        stored = files.keep(
            content=content, filename=f"{row.archive_no}.zip", kind=Kind.ZIP, actor=actor, at=at
        )
    return _finish(key, actor, at, report, stored, len(pieces) + 1)


@transaction.atomic
def _prepare(key: str, actor: Actor, at: datetime) -> ArchivePackage:
    """May it be archived, how long is it kept, which number has it: all kept before the work begins."""
    row = locked(ArchivePackage, key, actor)
    if row.state not in _BUILDABLE and not (
        row.state == PackageState.ARCHIVED and row.sound is False
    ):
        raise CannotDo(f"现在是“{queries.label_of(row)}”，不能归档。")
    inside = cases.get_inside(split(row.case)[1])
    view = cases.get_whole_case(inside.key, at=at)
    still_open = gathering.is_over(view, at=at)
    if still_open:
        raise rules.CannotArchive(f"现在不能归档：{still_open}。")
    if row.archive_no:
        return row
    table = queries.get_table(legal_date(at))
    ended_on = legal_date(inside.ended_at or row.ended_at)
    ending = rules.ending_of(inside.state, view.decision.outcome if view.decision else "")
    kept = rules.period_of(table, profile=inside.profile, ending=ending, item=inside.item_code)
    series = f"{inside.department}-{ended_on.year}-{kept.period}"
    row.archive_no = rules.archive_no(
        body=inside.department, year=ended_on.year, period=kept.period, number=take_number(series)
    )
    row.item_name, row.department_name = inside.item_name, inside.department_name
    row.department, row.division_code = inside.department, inside.division_code
    row.period, row.retention_version = kept.period, table.version
    row.retained_until = rules.retained_until(ended_on=ended_on, period=kept.period)
    row.save()
    return row


def _metadata(row: ArchivePackage, case: CaseView) -> dict[str, Any]:
    """背景信息: what a reader must know who knows nothing of this platform. Nothing personal."""
    ending = rules.ending_of(case.state, case.decision.outcome if case.decision else "")
    table = queries.get_version(row.retention_version or 0)
    decided = case.decision.decided_at if case.decision else None
    return {
        "title": f"“{row.item_name}”办件 {row.case_no}",
        "case": row.case,
        "case_no": row.case_no,
        "part": row.part,
        "item_code": row.item_code,
        "item_version": case.item_version,
        "item_name": row.item_name,
        "applicant_kind": case.applicant.partition(":")[0],
        "body": row.department,
        "body_name": row.department_name,
        "division_code": row.division_code,
        "received_at": _moment(case.received_at),
        "decided_at": _moment(decided),
        "ended_at": _moment(row.ended_at),
        "ending": ending.value,
        "ending_label": ENDING_LABELS[ending],
        "retention": {
            "period": row.period,
            "label": PERIOD_LABELS[row.period],
            "until": row.retained_until.isoformat() if row.retained_until else "",
            "table_version": table.version,
            "approved_by": table.approved_by,
            "local": table.local,
        },
        "secrecy": "不涉密（本平台不办理涉密事项）",
        "personal_information": "内容部分含个人信息，不得公开；元数据、目录和清单不含。",
        "basis": BASIS,
        "software": "一网 Yiwang",
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


@transaction.atomic
def _finish(
    key: str, actor: Actor, at: datetime, report: Report, stored: StoredFile, count: int
) -> ArchivePackage:
    """Archived, unless another builder was first: then its package stands and this file goes."""
    row = locked(ArchivePackage, key, actor)
    if row.state == PackageState.ARCHIVED and row.sound:
        files.destroy(key=stored.key, subject=row.reference, actor=actor, at=at)
        return row
    before = row.file
    changes = {
        "file": stored.key, "digest": stored.digest, "size": stored.size, "files": count,
        "sound": True, "tested_at": at, "archived_at": row.archived_at or at, "problem": "",
    }  # fmt: skip
    step(row, "build", actor=actor, at=at, changes=changes)
    files.attach(key=stored.key, subject=row.reference, at=at)
    if before:
        files.destroy(key=before, subject=row.reference, actor=actor, at=at)
    testing.note(row, report, Occasion.BUILDING, actor=actor, at=at)
    fact = CaseArchived(
        subject=row.reference, at=at, case=row.case, archive_no=row.archive_no,
        digest=row.digest, period=Period(row.period).value,
    )  # fmt: skip
    journal.announce(fact, actor=actor)
    return row


@transaction.atomic
def _fail(key: str, actor: Actor, at: datetime, report: Report) -> ArchivePackage:
    row = locked(ArchivePackage, key, actor)
    if row.state not in _BUILDABLE:
        return row
    words = "；".join(one.sentence for one in report.failed)
    changes = {"problem": words[:500], "tested_at": at, "sound": False}
    step(row, "fail", actor=actor, at=at, changes=changes)
    testing.note(row, report, Occasion.BUILDING, actor=actor, at=at)
    names = tuple(f"{one.test}.{one.name}" for one in report.failed)
    fact = PackageFailed(
        subject=row.reference, at=at, case=row.case, occasion=Occasion.BUILDING, checks=names
    )
    journal.announce(fact, actor=actor)
    return row
