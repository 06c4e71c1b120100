"""Granting a benefit, changing its sum or account."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from yiwang.capability.entitlements import queries, rules
from yiwang.capability.entitlements.actions.rows import (
    CannotChangeAccount,
    CannotGrant,
    CannotResume,
    index_of,
    locked,
    note,
)
from yiwang.capability.entitlements.definitions import EntitlementState, EntitlementView
from yiwang.capability.entitlements.events import EntitlementGranted
from yiwang.capability.entitlements.models import Entitlement, EntitlementPeriod
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound, VersionConflict
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.support.mandates import queries as mandates


def grant(
    *,
    case: str,
    person: str,
    benefit: str,
    monthly_fen: int,
    starts_on: date,
    at: datetime,
    actor: Actor,
    benefit_name: str = "",
    division_code: str = "",
    department: str = "",
    account: str = "",
    account_name: str = "",
) -> EntitlementView:
    """Grant a benefit from a month on; asking again for the same case returns the first grant.

    ``starts_on``: any day of the first month. Refuses: CannotGrant (already receives it).
    """
    row = Entitlement(
        case=case, person=person, benefit=benefit, benefit_name=benefit_name or benefit,
        division_code=division_code, department=department,
        starts_on=rules.first_of(starts_on), account=account,
        account_index=index_of(account), account_name=account_name, created_at=at,
    )  # fmt: skip
    if not prepared.add_new(row):
        known = queries.find_case_entitlement(case)
        if known is None:
            raise CannotGrant
        return known
    prepared.add(EntitlementPeriod(entitlement=row, first=row.starts_on, monthly_fen=monthly_fen))
    note(row, "granted", actor, at, month=row.starts_on, amount_fen=monthly_fen)
    me = reference("entitlement", row.key)
    granted = EntitlementGranted(
        subject=me, at=at, case=case, person=person, benefit=benefit,
        starts_on=row.starts_on.isoformat(),
    )  # fmt: skip
    journal.announce(granted, actor=actor)
    return queries.view_new(row, monthly_fen)


@transaction.atomic
def change_sum(
    *, key: str, version: int, monthly_fen: int, from_month: date, at: datetime, actor: Actor
) -> EntitlementView:
    """Another sum from a month on, for instance at the next age band; lists already closed stay."""
    row = locked(key, version, actor)
    first = rules.first_of(from_month)
    open_period = row.periods.filter(until__isnull=True).first()
    if row.state == EntitlementState.STOPPED or open_period is None or first <= open_period.first:
        raise CannotResume("这项待遇现在不能调整金额。", "请核对开始月份和发放状态。")
    EntitlementPeriod.objects.filter(pk=open_period.pk).update(until=first)
    EntitlementPeriod.objects.create(entitlement=row, first=first, monthly_fen=monthly_fen)
    Entitlement.objects.filter(pk=row.pk).update(version=F("version") + 1)
    note(row, "sum_changed", actor, at, month=first, amount_fen=monthly_fen)
    return queries.view(Entitlement.objects.get(pk=row.pk))


@transaction.atomic
def change_account(
    *, key: str, version: int, account: str, account_name: str, at: datetime, actor: Actor
) -> EntitlementView:
    """The person (or an official for them) names another account; the next list uses it.

    Refuses: NotFound, VersionConflict, CannotChangeAccount (not 12 to 32 digits), BeyondMandate.
    """
    mandates.insist_on_oneself(actor)
    row = Entitlement.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise VersionConflict
    digits = account.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 32):
        raise CannotChangeAccount
    row.account, row.account_index, row.account_name = (
        digits,
        index_of(digits),
        account_name.strip(),
    )
    row.version += 1
    row.save(update_fields=["account", "account_index", "account_name", "version"])
    note(row, "account_changed", actor, at)
    return queries.view(row)
