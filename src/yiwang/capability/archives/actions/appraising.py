"""鉴定和销毁: kept on with a new period, or destroyed by two people in two posts.

档案法 21；档案法实施条例 24. The list of what was destroyed stays for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.archives import rules
from yiwang.capability.archives.actions import printing
from yiwang.capability.archives.actions.handing_over import chosen, enter, open_batch
from yiwang.capability.archives.actions.moving import (
    is_second,
    locked,
    post_of,
    required,
    step,
    step_batch,
)
from yiwang.capability.archives.definitions import CONFIRMERS, BatchKind, BatchState, PackageState
from yiwang.capability.archives.definitions.retention import Period
from yiwang.capability.archives.events import (
    DestructionDeclined,
    DestructionProposed,
    PackageDestroyed,
    RetentionProlonged,
)
from yiwang.capability.archives.models import ArchiveBatch, ArchivePackage
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, VersionConflict
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import queries as identity


@transaction.atomic
def prolong(
    *, key: str, version: int, period: Period, reason: str, actor: Actor, at: datetime
) -> ArchivePackage:
    """仍需继续保存: a new period from today. Refuses InvalidInput (not run out, no reason), CannotDo."""
    row = locked(ArchivePackage, key, actor)
    today = legal_date(at)
    words = required(reason, "继续保存的理由")
    if row.state != PackageState.ARCHIVED or not rules.is_expired(
        until=row.retained_until, today=today
    ):
        raise InvalidInput("保管期限还没有到，不用鉴定。", "请刷新页面。")
    changes = {
        "period": period,
        "retained_until": rules.prolonged_until(today=today, period=period),
        "version": row.version + 1,
    }
    same = ArchivePackage.objects.filter(pk=row.pk, version=version)
    if not same.update(**changes):
        raise VersionConflict
    row.refresh_from_db()
    fact = RetentionProlonged(subject=row.reference, at=at, period=period)
    journal.announce(fact, actor=actor, purpose=words)
    return row


@transaction.atomic
def propose_destruction(
    *, packages: Sequence[str], reason: str, actor: Actor, at: datetime
) -> ArchiveBatch:
    """A handler proposes to destroy packages whose time is over: the 销毁清册 begins.

    Refuses: InvalidInput, NotAllowed (not a handler there), UnderHold, CannotDo (not run out), NotFound.
    """
    words = required(reason, "销毁的理由和鉴定意见")
    rows = chosen(packages, actor)
    post = post_of(rows[0], actor, (Role.HANDLER,))
    batch = open_batch(
        rows[0], BatchKind.DESTRUCTION, BatchState.PROPOSED, actor=actor, at=at, reason=words,
        post=post,
    )  # fmt: skip
    for row in rows:
        step(row, "condemn", actor=actor, at=at)
        enter(batch, row)
    fact = DestructionProposed(subject=batch.reference, at=at, count=len(rows))
    journal.announce(fact, actor=actor)
    return batch


@transaction.atomic
def decline_destruction(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> ArchiveBatch:
    """The second person does not agree: the packages stay."""
    batch = _second(key, actor)
    changes = {
        "answer": required(reason, "不同意的理由"),
        "settled_at": at,
        "settled_by": actor.reference,
        "settled_as": post_of(batch, actor, CONFIRMERS),
    }
    step_batch(batch, "decline", actor=actor, version=version, changes=changes)
    for entry in batch.entries.select_related("package"):
        step(locked(ArchivePackage, entry.package.key, actor), "spare", actor=actor, at=at)
    journal.announce(DestructionDeclined(subject=batch.reference, at=at), actor=actor)
    return batch


@transaction.atomic
def confirm_destruction(
    *, key: str, version: int, actor: Actor, at: datetime
) -> tuple[ArchiveBatch, tuple[str, ...]]:
    """The second person confirms: every package of the list is gone with the commit, all or none.

    Returns the list and the cases (references) nothing is kept of any more: their content goes in the
    same transaction, by the caller. Refuses: SecondKeeperNeeded, UnderHold (the list stays as it is),
    VersionConflict, CannotDo.
    """
    batch = _second(key, actor)
    changes = {
        "settled_at": at,
        "settled_by": actor.reference,
        "settled_as": post_of(batch, actor, CONFIRMERS),
    }
    step_batch(batch, "confirm", actor=actor, version=version, changes=changes)
    entries = batch.entries.select_related("package").order_by("package__key")
    cases = [_destroy(entry.package.key, actor, at) for entry in entries]
    names = identity.list_names({batch.begun_by, batch.settled_by})
    batch.letter = printing.print_list(
        batch, actor=actor, at=at, who=names.get(batch.begun_by, batch.begun_by),
        confirmed=names.get(batch.settled_by, batch.settled_by),
    )  # fmt: skip
    batch.save(update_fields=["letter"])
    kept = ArchivePackage.objects.filter(case__in=cases).exclude(state=PackageState.DESTROYED)
    still = set(kept.values_list("case", flat=True))
    return batch, tuple(case for case in cases if case not in still)


def _destroy(key: str, actor: Actor, at: datetime) -> str:
    row = locked(ArchivePackage, key, actor)
    file, case = row.file, row.case
    step(row, "destroy", actor=actor, at=at, changes={"file": "", "applicant": "", "problem": ""})
    files.destroy(key=file, subject=row.reference, actor=actor, at=at)
    fact = PackageDestroyed(
        subject=row.reference, at=at, case=case, archive_no=row.archive_no, digest=row.digest
    )
    journal.announce(fact, actor=actor)
    return case


def _second(key: str, actor: Actor) -> ArchiveBatch:
    batch = locked(ArchiveBatch, key, actor)
    if batch.kind == BatchKind.DESTRUCTION and not is_second(batch, actor):
        raise rules.SecondKeeperNeeded
    return batch
