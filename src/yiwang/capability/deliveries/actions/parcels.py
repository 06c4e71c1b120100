"""邮寄: ordered from a courier company, followed by what it says, never trusted blindly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.capability.deliveries import drivers, queries, rules
from yiwang.capability.deliveries.actions.moving import announce, locked, required, step
from yiwang.capability.deliveries.definitions import (
    PARCEL,
    SHELF,
    CourierEvent,
    Order,
    ParcelState,
    Tracked,
)
from yiwang.capability.deliveries.events import ParcelCameBack, ParcelDelivered, ResultPosted
from yiwang.capability.deliveries.models import Parcel, ShelfItem
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.network.directory import queries as directory


@transaction.atomic
def post(
    *,
    key: str,
    version: int,
    receiver: str,
    phone: str,
    address: str,
    actor: Actor,
    at: datetime,
) -> Parcel:
    """A result on the shelf goes by post: the courier is asked in the background, once per parcel.

    Refuses: InvalidInput, CannotDo, VersionConflict, NotFound.
    """
    row = locked(ShelfItem, key, actor)
    to = {
        "receiver": required(receiver, "收件人", most=100),
        "phone": required(phone, "收件人电话", most=30),
        "address": required(address, "收件地址", most=300),
    }
    step(
        row, SHELF, "post", actor=actor, version=version,
        changes={"settled_at": at, "remind_on": None},
    )  # fmt: skip
    parcel = Parcel.objects.create(
        case=row.case, case_no=row.case_no, item_code=row.item_code, item_name=row.item_name,
        applicant=row.applicant, applicant_masked=row.applicant_masked,
        division_code=row.division_code, department=row.department,
        department_name=row.department_name, shelf=row, courier=drivers.get_driver().name,
        address=to, ordered_at=at, ordered_by=actor.reference,
    )  # fmt: skip
    jobs.defer(task="deliveries.order_parcel", key=f"parcel-{parcel.key}", parcel=parcel.key)
    return parcel


def order_parcel(*, key: str, actor: Actor, at: datetime) -> None:
    """Ask the courier, outside any transaction; asking again is the same parcel there.

    ``CourierAway`` leaves it waiting, with the reason on the desk: the job comes again.
    """
    parcel = Parcel.objects.select_related("shelf").get(key=key)
    if parcel.tracking or parcel.state != ParcelState.ORDERED:
        return
    body = directory.get_department(parcel.department)
    order = Order(
        reference=parcel.key, at=parcel.ordered_at, sender=body.name, sender_phone=body.phone,
        sender_address=body.address, receiver=parcel.address["receiver"],
        phone=parcel.address["phone"], address=parcel.address["address"],
        what=parcel.shelf.document,
    )  # fmt: skip
    try:
        tracking = rules.tracking_number(drivers.get_driver().order(order))
    except drivers.CourierAway as away:
        Parcel.objects.filter(key=key).update(failing=str(away)[:200])
        raise
    with transaction.atomic():
        first = Parcel.objects.filter(key=key, tracking="").update(tracking=tracking, failing="")
        if first:
            announce(
                parcel, ResultPosted, piece=parcel.shelf.document, actor=actor, at=at,
                courier=parcel.courier, tracking=tracking,
            )  # fmt: skip


def ask_courier(*, key: str, actor: Actor, at: datetime) -> None:
    """What became of one parcel: told late, twice or out of order, it only ever goes forwards."""
    parcel = Parcel.objects.get(key=key)
    if not parcel.tracking or parcel.state not in queries.UNDER_WAY:
        return
    try:
        told = drivers.get_driver().track(parcel.tracking, at=at)
    except drivers.CourierAway as away:
        Parcel.objects.filter(key=key).update(failing=str(away)[:200], seen_at=at)
        return
    with transaction.atomic():
        row = Parcel.objects.select_for_update().get(key=key)
        known = rules.merge(queries.events_of(row), told, since=row.ordered_at, until=at)
        Parcel.objects.filter(pk=row.pk).update(
            events=[rules.as_json(one) for one in known], seen_at=at, failing=""
        )
        _follow(row, known, actor, at)


def _follow(row: Parcel, known: Sequence[Tracked], actor: Actor, at: datetime) -> None:
    """Along the table to what is known by now; the end is announced once."""
    for event in rules.ahead(row.state, known):
        ends = event in (CourierEvent.SIGNED, CourierEvent.BACK)
        step(
            row, PARCEL, event.value, actor=actor, version=row.version,
            changes={"settled_at": at} if ends else {},
        )  # fmt: skip
    kind = {ParcelState.DELIVERED: ParcelDelivered, ParcelState.CAME_BACK: ParcelCameBack}
    if row.state in kind and row.settled_at == at:
        announce(row, kind[ParcelState(row.state)], piece=row.item_name, actor=actor, at=at)
