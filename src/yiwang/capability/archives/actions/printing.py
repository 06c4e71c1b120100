"""The lists that go out: as a document with the body's mark, and as CSV for a machine."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.archives.definitions import BATCH_KIND_LABELS, BatchKind
from yiwang.capability.archives.definitions.retention import PERIOD_LABELS
from yiwang.capability.archives.models import ArchiveBatch
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.exports import actions as exports
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterKind

_KINDS: Final = {
    BatchKind.HAND_OVER: LetterKind.HAND_OVER_LIST,
    BatchKind.DESTRUCTION: LetterKind.DESTRUCTION_LIST,
}
COLUMNS: Final = ("序号", "档号", "题名", "保管期限", "文件数", "档案包摘要（SM3）")


def print_list(
    batch: ArchiveBatch, *, actor: Actor, at: datetime, who: str = "", confirmed: str = ""
) -> str:
    """Write the list as a document; the key of the letter."""
    rows = list(batch.entries.order_by("number"))
    lines = "\n".join(
        f"{one.number}. {one.archive_no}　{one.title}　{PERIOD_LABELS[one.period]}　{one.files} 个文件"
        f"　摘要 {one.digest[:16]}…"
        for one in rows
    )
    values = {
        "number": batch.batch_no,
        "body": batch.department_name,
        "addressee": batch.department_name,
        "count": str(len(rows)),
        "lines": lines,
    }
    if batch.kind == BatchKind.DESTRUCTION:
        values |= {"reason": batch.reason, "proposed": who, "confirmed": confirmed}
    letter = letters.request_letter(
        kind=_KINDS[BatchKind(batch.kind)], subject=batch.reference, template="", values=values,
        at=at, actor=actor, sealer=batch.department,
    )  # fmt: skip
    return letter.key


def as_csv(batch: ArchiveBatch) -> bytes:
    """The list for a machine: a trace line, a heading, a line a package."""
    rows = (
        (
            one.number,
            one.archive_no,
            one.title,
            PERIOD_LABELS[one.period],
            one.files,
            one.digest,
        )
        for one in batch.entries.order_by("number")
    )
    trace = f"{BATCH_KIND_LABELS[batch.kind]} {batch.batch_no} {batch.department_name}"
    return exports.write_csv(columns=COLUMNS, rows=rows, trace=trace)
