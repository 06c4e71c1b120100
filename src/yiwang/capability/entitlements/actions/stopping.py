"""Stopping after notice, keeping after an objection, resuming with back-pay."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from yiwang.capability.entitlements import queries, rules
from yiwang.capability.entitlements.actions.rows import (
    CannotGrant,
    CannotResume,
    CannotStop,
    locked,
    note,
)
from yiwang.capability.entitlements.definitions import (
    REASON_LABELS,
    EntitlementState,
    EntitlementView,
    StopReason,
)
from yiwang.capability.entitlements.events import EntitlementStopAnnounced, EntitlementStopped
from yiwang.capability.entitlements.models import Entitlement, EntitlementPeriod
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterKind


@transaction.atomic
def announce_stop(
    *,
    key: str,
    version: int,
    reason: str,
    stops_on: date,
    object_by: date,
    addressee: str,
    body: str,
    basis: str,
    at: datetime,
    actor: Actor,
    because: str = "",
) -> EntitlementView:
    """Tell the person, in a letter, that payments are to end and until when to object.

    ``stops_on``: first month without payment; it may lie in the past (death told late), what was
    paid since then is then computed as owed back. ``because``: the reason in the official's words,
    for the letter alone. Payments go on until ``stop``.
    """
    row = locked(key, version, actor)
    if row.state != EntitlementState.ACTIVE:
        raise CannotStop("这项待遇已经告知停发，或者已经停发。", "请刷新页面查看最新情况。")
    if reason not in set(StopReason) or object_by < legal_date(at):
        raise InvalidInput("停发原因或异议期限不对。", "请选择原因，异议期限不能早于今天。")
    letter = letters.request_letter(
        kind=LetterKind.STOP_OF_BENEFIT,
        subject=row.case,
        template="",
        values={
            "item_name": row.benefit_name, "addressee": addressee, "body": body,
            "stop_from": f"{stops_on.year}年{stops_on.month}月", "reason": "：".join(filter(None, (REASON_LABELS[reason], because.strip()))),
            "basis": basis, "object_by": f"{object_by.year}年{object_by.month}月{object_by.day}日",
        },
        at=at,
        actor=actor,
        sealer=row.department,
    )  # fmt: skip
    Entitlement.objects.filter(pk=row.pk).update(
        state=EntitlementState.NOTIFIED, stop_reason=reason, stops_on=rules.first_of(stops_on),
        object_by=object_by, notice_letter=letter.key, version=F("version") + 1,
    )  # fmt: skip
    note(row, "stop_announced", actor, at, reason=reason, month=rules.first_of(stops_on))
    told = EntitlementStopAnnounced(
        subject=reference("entitlement", row.key), at=at, case=row.case, person=row.person,
        reason=reason, stops_on=rules.first_of(stops_on).isoformat(),
        object_by=object_by.isoformat(),
    )  # fmt: skip
    journal.announce(told, actor=actor)
    return queries.view(Entitlement.objects.get(pk=row.pk))


@transaction.atomic
def stop(*, key: str, version: int, at: datetime, actor: Actor) -> EntitlementView:
    """End the payments after the notice and the days to object have run.

    Refuses: CannotStop (no notice, or still time to object). Overpaid months become owed back.
    """
    row = locked(key, version, actor)
    if row.state != EntitlementState.NOTIFIED or row.object_by is None or row.stops_on is None:
        raise CannotStop
    if legal_date(at) <= row.object_by:
        raise CannotStop
    for period in row.periods.filter(until__isnull=True):
        period.until = max(period.first, row.stops_on)
        period.save(update_fields=["until"])
    row.periods.filter(until__gt=row.stops_on, first__lte=row.stops_on).update(until=row.stops_on)
    Entitlement.objects.filter(pk=row.pk).update(
        state=EntitlementState.STOPPED, version=F("version") + 1
    )
    shown = queries.view(Entitlement.objects.get(pk=row.pk))
    note(row, "stopped", actor, at, reason=row.stop_reason, month=row.stops_on,
          amount_fen=shown.owed_back_fen)  # fmt: skip
    stopped = EntitlementStopped(
        subject=shown.reference, at=at, person=row.person, reason=row.stop_reason,
        stops_on=row.stops_on.isoformat(), owed_back_fen=shown.owed_back_fen,
    )  # fmt: skip
    journal.announce(stopped, actor=actor)
    return shown


@transaction.atomic
def keep(*, key: str, version: int, reason: str, at: datetime, actor: Actor) -> EntitlementView:
    """The objection was right: the announced stop is taken back, nothing changes for the person."""
    row = locked(key, version, actor)
    if row.state != EntitlementState.NOTIFIED:
        raise CannotResume
    Entitlement.objects.filter(pk=row.pk).update(
        state=EntitlementState.ACTIVE, stops_on=None, stop_reason="", object_by=None,
        version=F("version") + 1,
    )  # fmt: skip
    note(row, "kept", actor, at, reason=reason)
    return queries.view(Entitlement.objects.get(pk=row.pk))


@transaction.atomic
def resume(
    *,
    key: str,
    version: int,
    from_month: date,
    reason: str,
    at: datetime,
    actor: Actor,
    monthly_fen: int | None = None,
) -> EntitlementView:
    """Pay again from a month on; a month in the past is paid back with the next list (补发).

    Refuses: CannotResume (not stopped), CannotGrant (meanwhile another grant pays the same).
    """
    row = locked(key, version, actor)
    if row.state != EntitlementState.STOPPED or row.stops_on is None:
        raise CannotResume
    first = max(rules.first_of(from_month), row.stops_on)
    sum_fen = monthly_fen or queries.periods_of(row)[-1].monthly_fen
    try:
        with transaction.atomic():
            Entitlement.objects.filter(pk=row.pk).update(
                state=EntitlementState.ACTIVE, stops_on=None, stop_reason="", object_by=None,
                version=F("version") + 1,
            )  # fmt: skip
            EntitlementPeriod.objects.create(entitlement=row, first=first, monthly_fen=sum_fen)
    except IntegrityError as error:
        raise CannotGrant from error
    note(row, "resumed", actor, at, reason=reason, month=first, amount_fen=sum_fen)
    return queries.view(Entitlement.objects.get(pk=row.pk))
