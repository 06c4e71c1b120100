"""归档: the steps where the archive meets what only the journey sees; the rest is ``archives`` alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.archives import actions as archives
from yiwang.capability.archives import queries as archive_queries
from yiwang.capability.archives.actions import CannotArchive
from yiwang.capability.archives.definitions import BatchView, PackageView
from yiwang.capability.journey import erasing
from yiwang.capability.reviews import queries as reviews
from yiwang.foundation.ledger import actions as ledger
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.jobs import actions as jobs

#: What is not over yet is looked at again after so many days.
AGAIN_AFTER: Final = timedelta(days=7)


def archive(*, package_key: str, actor: Actor, at: datetime) -> PackageView:
    """归档 one finished case: packed, tested, sealed. Call outside a transaction.

    Refusals: those of ``archives.build``; ``CannotArchive`` also while a bad review is being followed up.
    """
    case = archive_queries.find_case(package_key)
    if reviews.has_open_order(case):
        raise CannotArchive("现在不能归档：差评整改还没有结束。")
    archives.build(key=package_key, actor=actor, at=at)
    return archive_queries.get_package(package_key, actor, at=at)


def archive_by_clock(*, package_key: str, actor: Actor, at: datetime) -> None:
    """The job: as above; what is not over yet is put off and says why. Again changes nothing."""
    if not archive_queries.is_buildable(package_key):
        return
    try:
        archive(package_key=package_key, actor=actor, at=at)
    except CannotArchive as refusal:
        until = legal_date(at) + AGAIN_AFTER
        archives.put_off(key=package_key, until=until, problem=refusal.sentence, at=at)


def hand_on_due(*, at: datetime) -> int:
    """Every package that is due gets a job of its own, in the queue nobody waits for."""
    keys = archive_queries.list_due(at=at)
    with transaction.atomic():
        for key in keys:
            jobs.defer(task="journey.archive", queue="bulk", key=f"archive-{key}", package=key)
    return len(keys)


@transaction.atomic
def confirm_destruction(*, batch_key: str, version: int, actor: Actor, at: datetime) -> BatchView:
    """销毁, by the second person: the packages are gone, the list stays for ever.

    Refusals: ``SecondKeeperNeeded``, ``UnderHold``, ``CannotDo``, ``VersionConflict``, ``NotFound``.
    """
    batch, gone = archives.confirm_destruction(key=batch_key, version=version, actor=actor, at=at)
    for case in gone:
        erasing.erase(case=case, actor=actor, at=at)
    packages = [entry.package.reference for entry in batch.entries.select_related("package")]
    ledger.forget(subjects=[*packages, *gone], actor=actor, at=at)
    return archive_queries.get_batch(batch_key, actor)
