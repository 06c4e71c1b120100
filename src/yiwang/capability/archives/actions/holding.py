"""封存: while a review or a lawsuit runs, nothing is destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.capability.archives.actions.moving import locked, required
from yiwang.capability.archives.definitions import CONFIRMERS, HoldGround, PackageState
from yiwang.capability.archives.events import HoldLifted, HoldPlaced
from yiwang.capability.archives.models import ArchiveHold, ArchivePackage
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def place_hold(
    *, key: str, ground: HoldGround, reason: str, actor: Actor, at: datetime
) -> ArchivePackage:
    """A keeper holds a package. Refuses InvalidInput: no reason, held on this ground, gone already."""
    row = locked(ArchivePackage, key, actor)
    if row.state == PackageState.DESTROYED:
        raise InvalidInput("这件档案已经销毁。", "请刷新页面。")
    words = required(reason, "封存的原因")
    try:
        with transaction.atomic():
            ArchiveHold.objects.create(
                package=row, ground=ground, reason=words, placed_at=at, placed_by=actor.reference
            )
    except IntegrityError:
        raise InvalidInput("这件档案已经因为同一原因封存。", "请刷新页面。") from None
    journal.announce(HoldPlaced(subject=row.reference, at=at, ground=ground), actor=actor)
    return row


@transaction.atomic
def lift_hold(*, key: str, actor: Actor, at: datetime) -> ArchivePackage:
    """The head says that it is over: every hold of the package ends. Refuses NotFound without one."""
    row = locked(ArchivePackage, key, actor, roles=CONFIRMERS)
    open_holds = ArchiveHold.objects.filter(package=row, lifted_at=None)
    if not open_holds.update(lifted_at=at, lifted_by=actor.reference):
        raise NotFound
    journal.announce(HoldLifted(subject=row.reference, at=at), actor=actor)
    return row
