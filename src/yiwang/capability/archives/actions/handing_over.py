"""移交: a numbered list, the packages tested once more, the archive's receipt or what it refuses.

档案法 15, 39；档案法实施条例 20, 40.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from yiwang.capability.archives import drivers, rules
from yiwang.capability.archives.actions import printing, testing
from yiwang.capability.archives.actions.moving import (
    locked,
    post_of,
    step,
    step_batch,
    take_number,
)
from yiwang.capability.archives.definitions import (
    KEEPERS,
    BatchKind,
    BatchState,
    Occasion,
    PackageState,
)
from yiwang.capability.archives.definitions.transfer import HandOver, Offered, Receipt
from yiwang.capability.archives.events import HandOverReceived, HandOverRefused, HandOverSent
from yiwang.capability.archives.models import ArchiveBatch, ArchivePackage, BatchEntry
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal

#: More on one list is another list.
MOST_ON_LIST: Final = 500


@transaction.atomic
def begin_hand_over(*, packages: Sequence[str], actor: Actor, at: datetime) -> ArchiveBatch:
    """A new list with these packages, of one body. Refuses: InvalidInput, NotFound, CannotDo."""
    rows = chosen(packages, actor)
    batch = open_batch(rows[0], BatchKind.HAND_OVER, BatchState.OPEN, actor=actor, at=at)
    for row in rows:
        _put_on(batch, row, actor, at)
    return batch


@transaction.atomic
def add_to_hand_over(
    *, key: str, version: int, package: str, actor: Actor, at: datetime
) -> ArchiveBatch:
    """One more package on a list that has not gone. Refuses: InvalidInput, CannotDo, VersionConflict."""
    batch = locked(ArchiveBatch, key, actor)
    row = locked(ArchivePackage, package, actor)
    if row.department != batch.department:
        raise InvalidInput("这件档案是另一个单位的。", "请列入那个单位的清册。")
    if batch.entries.count() >= MOST_ON_LIST:
        raise InvalidInput(f"一份清册最多 {MOST_ON_LIST} 件。", "请另编一份。")
    step_batch(batch, "change", actor=actor, version=version)
    _put_on(batch, row, actor, at)
    return batch


@transaction.atomic
def drop_from_hand_over(
    *, key: str, version: int, package: str, actor: Actor, at: datetime
) -> ArchiveBatch:
    """A package leaves the list: it is not ready, or the archive refused it."""
    batch = locked(ArchiveBatch, key, actor)
    entry = BatchEntry.objects.filter(batch=batch, package__key=package).first()
    if entry is None:
        raise NotFound
    step_batch(batch, "change", actor=actor, version=version)
    row = locked(ArchivePackage, package, actor)
    step(row, "take_back", actor=actor, at=at)
    entry.delete()
    journal.record(
        actor=actor, act="archives.dropped", subject=batch.reference, at=at,
        facts={"archive_no": row.archive_no}, subjects=[row.reference],
    )  # fmt: skip
    return batch


def send_hand_over(*, key: str, version: int, actor: Actor, at: datetime) -> ArchiveBatch:
    """移交: every package is tested once more, the list is printed, a job carries it to the archive.

    Call outside a transaction. Refuses InvalidInput: the list is empty, or a package did not pass (its
    line says so). CannotDo, VersionConflict.
    """
    with transaction.atomic():
        batch = locked(ArchiveBatch, key, actor)
        entries = list(batch.entries.select_related("package").order_by("number"))
    if not entries:
        raise InvalidInput("清册是空的。", "请先列入档案。")
    if _test_all(entries, actor, at):
        problem = FieldProblem(
            "packages", "有档案没有通过移交检测。", "请退出清册，重新封包后再移交。"
        )
        raise InvalidInput("有档案没有通过移交检测，没有移交。", fields=[problem])
    with transaction.atomic():
        batch = locked(ArchiveBatch, key, actor)
        step_batch(batch, "send", actor=actor, version=version, changes={"answer": ""})
        batch.letter = printing.print_list(batch, actor=actor, at=at)
        batch.save(update_fields=["letter"])
        batch.entries.update(problem="")
        fact = HandOverSent(subject=batch.reference, at=at, count=len(entries))
        journal.announce(fact, actor=actor)
        jobs.defer(
            task="archives.hand_over", queue="bulk", key=f"archive-batch-{batch.key}",
            batch=batch.key,
        )  # fmt: skip
    return batch


def carry_out(*, key: str, actor: Actor, at: datetime) -> None:
    """The job: give the batch to the archive, write down its answer. Again changes nothing.

    Refuses ``ArchiveAway``: the queue tries later.
    """
    batch = ArchiveBatch.objects.get(key=key)
    if batch.state != BatchState.SENT:
        return
    given = HandOver(
        batch_no=batch.batch_no, body=batch.department, body_name=batch.department_name,
        listed=printing.as_csv(batch), packages=_offered(batch),
    )  # fmt: skip
    receipt = drivers.get_driver().hand_over(given, at=at)
    _answered(key, receipt, actor, at)


@transaction.atomic
def export_list(*, key: str, actor: Actor, at: datetime) -> bytes:
    """A list as CSV, for a machine; who took it is written down. Refuses NotFound."""
    batch = ArchiveBatch.objects.visible_to(actor).filter(key=key).first()
    if batch is None:
        raise NotFound
    journal.record(actor=actor, act="archives.list_exported", subject=batch.reference, at=at)
    return printing.as_csv(batch)


@transaction.atomic
def _answered(key: str, receipt: Receipt, actor: Actor, at: datetime) -> None:
    batch = locked(ArchiveBatch, key, actor)
    if batch.state != BatchState.SENT:
        return
    said = {
        "receiver": receipt.receiver, "settled_at": at, "receipt_no": receipt.receipt_no,
    }  # fmt: skip
    if receipt.refused:
        _refused(batch, receipt, said, actor, at)
        return
    step_batch(batch, "receive", actor=actor, version=batch.version, changes=said)
    entries = list(batch.entries.select_related("package"))
    for entry in entries:
        row = locked(ArchivePackage, entry.package.key, actor)
        step(row, "receive", actor=actor, at=at)
    fact = HandOverReceived(
        subject=batch.reference, at=at, receipt_no=receipt.receipt_no, count=len(entries)
    )
    journal.announce(fact, actor=actor)


def _refused(
    batch: ArchiveBatch, receipt: Receipt, said: dict[str, object], actor: Actor, at: datetime
) -> None:
    """All or nothing: the whole list comes back, and the lines that are why say so."""
    words = "；".join(f"{number}：{why}" for number, why in receipt.refused.items())
    changes = {**said, "answer": words[:500]}
    step_batch(batch, "refuse", actor=actor, version=batch.version, changes=changes)
    named = []
    for entry in batch.entries.select_related("package").order_by("number"):
        if entry.archive_no in receipt.refused:
            entry.problem = receipt.refused[entry.archive_no][:300]
            entry.save(update_fields=["problem"])
            named.append(entry.package.reference)
    fact = HandOverRefused(subject=batch.reference, at=at, packages=tuple(named))
    journal.announce(fact, actor=actor)


def chosen(packages: Sequence[str], actor: Actor) -> list[ArchivePackage]:
    """The packages by key, locked in one order, all of one body; at least one."""
    keys = list(dict.fromkeys(packages))
    if not keys:
        problem = FieldProblem("packages", "还没有选档案。", "请勾选要办理的档案。")
        raise InvalidInput(fields=[problem])
    if len(keys) > MOST_ON_LIST:
        raise InvalidInput(f"一份清册最多 {MOST_ON_LIST} 件。", "请分几份编。")
    rows = [locked(ArchivePackage, key, actor) for key in sorted(keys)]
    if len({row.department for row in rows}) > 1:
        raise InvalidInput("选的档案不是同一个单位的。", "请每个单位各编一份清册。")
    return sorted(rows, key=lambda row: row.archive_no)


def open_batch(
    row: ArchivePackage,
    kind: BatchKind,
    state: BatchState,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    post: str = "",
) -> ArchiveBatch:
    """A new numbered list of the body this package is of."""
    year = legal_date(at).year
    number = take_number(f"{row.department}-{kind}-{year}")
    batch_no = rules.batch_no(body=row.department, kind=kind, year=year, number=number)
    return ArchiveBatch.objects.create(
        kind=kind, batch_no=batch_no, state=state, division_code=row.division_code,
        department=row.department, department_name=row.department_name, reason=reason,
        begun_at=at, begun_by=actor.reference, begun_as=post or post_of(row, actor, KEEPERS),
    )  # fmt: skip


def enter(batch: ArchiveBatch, row: ArchivePackage) -> None:
    """One more line, in words that outlive the package."""
    last = batch.entries.aggregate(last=Max("number"))["last"] or 0
    BatchEntry.objects.create(
        batch=batch, package=row, number=last + 1, archive_no=row.archive_no,
        title=f"“{row.item_name}”办件 {row.case_no}", period=row.period, files=row.files,
        digest=row.digest,
    )  # fmt: skip


def _put_on(batch: ArchiveBatch, row: ArchivePackage, actor: Actor, at: datetime) -> None:
    step(row, "offer", actor=actor, at=at)
    enter(batch, row)
    journal.record(
        actor=actor, act="archives.listed", subject=batch.reference, at=at,
        facts={"archive_no": row.archive_no}, subjects=[row.reference],
    )  # fmt: skip


def _test_all(entries: Sequence[BatchEntry], actor: Actor, at: datetime) -> bool:
    """Did one fail? Each line says what is wrong with its package."""
    failed = False
    for entry in entries:
        if entry.package.state != PackageState.OFFERED:
            continue
        report = testing.check_package(
            key=entry.package.key, actor=actor, at=at, occasion=Occasion.HAND_OVER
        )
        words = "；".join(one.sentence for one in report.failed)
        BatchEntry.objects.filter(pk=entry.pk).update(problem=words[:300])
        failed = failed or not report.sound
    return failed


def _offered(batch: ArchiveBatch) -> Iterator[Offered]:
    for entry in batch.entries.select_related("package").order_by("number"):
        with os.fdopen(os.memfd_create("archive", os.MFD_CLOEXEC), "w+b") as content:
            for chunk in files.open_file(entry.package.file).chunks:
                content.write(chunk)
            content.seek(0)
            yield Offered(entry.archive_no, entry.digest, content)
