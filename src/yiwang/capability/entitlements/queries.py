"""Reading grants and monthly lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.db.models import (
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)

from yiwang.capability.entitlements import rules
from yiwang.capability.entitlements.definitions import (
    CHANGE_LABELS,
    PAYMENT_LABELS,
    REASON_LABELS,
    STATE_LABELS,
    ChangeRow,
    EntitlementState,
    EntitlementView,
    GrantRow,
    MonthlyListView,
    PaymentRow,
    PaymentState,
    Period,
)
from yiwang.capability.entitlements.models import (
    Entitlement,
    EntitlementPeriod,
    MonthlyEntry,
    MonthlyList,
    PaymentResult,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.masks import mask_account
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import Count

_OF_CASE: Final = """
SELECT {columns} FROM entitlements_entitlement WHERE "case" = %s
"""
_SUM: Final = """
SELECT e.starts_on, p.monthly_fen FROM entitlements_entitlement e
  JOIN entitlements_entitlementperiod p ON p.entitlement_id = e.id
 WHERE e."case" = %s ORDER BY p.id DESC LIMIT 1
"""
#: What a view of a grant needs beside its row; read at once for a whole page.
_BESIDE = (
    Prefetch("periods", EntitlementPeriod.objects.order_by("id")),
    Prefetch(
        "entries",
        MonthlyEntry.objects.select_related("monthly_list")
        .defer("account", "account_name")
        .order_by("-month"),
    ),
    "entries__results",
)


def periods_of(entitlement: Entitlement) -> tuple[Period, ...]:
    rows = sorted(entitlement.periods.all(), key=lambda row: row.pk)
    return tuple(Period(row.first, row.until, row.monthly_fen) for row in rows)


def result_of(states: set[str]) -> str:
    """A late success beats an earlier failure."""
    if PaymentState.PAID in states:
        return PaymentState.PAID
    return PaymentState.FAILED if PaymentState.FAILED in states else PaymentState.LISTED


def payments_of(entitlement: Entitlement) -> tuple[PaymentRow, ...]:
    """Every month that was ever on a list, newest first."""
    return tuple(_payment(row) for row in entitlement.entries.all())


def _payment(entry: MonthlyEntry) -> PaymentRow:
    results = list(entry.results.all())
    state = result_of({result.state for result in results})
    return PaymentRow(
        month=entry.month,
        listed_month=entry.monthly_list.month,
        amount_fen=entry.amount_fen,
        state=state,
        state_label=PAYMENT_LABELS[state],
        note=next((r.note for r in results if r.state == state), ""),
    )


def view(entitlement: Entitlement) -> EntitlementView:
    """One grant with its months, in four statements at most."""
    prefetch_related_objects([entitlement], *_BESIDE)
    return _whole(entitlement)


def _whole(entitlement: Entitlement) -> EntitlementView:
    return _view(entitlement, periods_of(entitlement), payments_of(entitlement))


def _view(
    entitlement: Entitlement, periods: tuple[Period, ...], payments: tuple[PaymentRow, ...]
) -> EntitlementView:
    paid = {row.month: row.amount_fen for row in payments if row.state == PaymentState.PAID}
    return EntitlementView(
        key=entitlement.key,
        reference=reference("entitlement", entitlement.key),
        case=entitlement.case,
        person=entitlement.person,
        benefit=entitlement.benefit,
        benefit_name=entitlement.benefit_name,
        monthly_fen=periods[-1].monthly_fen,
        starts_on=entitlement.starts_on,
        state=entitlement.state,
        state_label=STATE_LABELS[entitlement.state],
        account_masked=mask_account(entitlement.account) if entitlement.account else "",
        version=entitlement.version,
        stops_on=entitlement.stops_on,
        stop_reason=entitlement.stop_reason,
        paid_fen=sum(paid.values()),
        owed_back_fen=sum(rules.owed_back(periods, paid).values()),
        payments=payments,
        division_code=entitlement.division_code,
        department=entitlement.department,
        object_by=entitlement.object_by,
        notice_letter=entitlement.notice_letter,
    )


def get_entitlement(key: str, actor: Actor) -> EntitlementView:
    """One grant the actor may see, or NotFound."""
    row = Entitlement.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view(row)


def find_case_entitlement(case: str) -> EntitlementView | None:
    """The grant a case led to. The caller has shown that the actor may see the case."""
    rows = prepared.read(Entitlement, _OF_CASE, [case])
    return view(rows[0]) if rows else None


def find_sum(case: str) -> tuple[date, int] | None:
    """From when a case's grant runs and what it pays a month now, in fen. Rights as above."""
    for first, fen in prepared.run(_SUM, [case]):
        return first, fen
    return None


def view_new(entitlement: Entitlement, monthly_fen: int) -> EntitlementView:
    """A grant made just now: one sum, nothing paid yet; asks nothing."""
    return _view(entitlement, (Period(entitlement.starts_on, None, monthly_fen),), ())


def find_case_of(key: str) -> str | None:
    """The case a grant came from; shows nothing else, the caller checks the rights to the case."""
    return Entitlement.objects.filter(key=key).values_list("case", flat=True).first()


def _stoppable(actor: Actor, on: date) -> QuerySet[Entitlement]:
    """Told of their stop, and the days to object are over on that day."""
    rows = Entitlement.objects.visible_to(actor)
    return rows.filter(state=EntitlementState.NOTIFIED, object_by__lt=on)


def count_stoppable(actor: Actor, *, on: date) -> int:
    """How many announced stops wait for an official of the body to confirm them; at most 100."""
    return counting.count([stoppable_count(actor, on=on)])[0]


def stoppable_count(actor: Actor, *, on: date) -> Count:
    """The same, for a page that counts more beside."""
    return counting.bounded(_stoppable(actor, on), up_to=100)


def list_grants(
    actor: Actor,
    *,
    state: str = "",
    stoppable_on: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[GrantRow, ...]:
    """The grants of an official's body, newest first, one statement.

    ``state`` narrows; ``stoppable_on``: only those whose announced stop may be confirmed that day.
    """
    rows = (
        _stoppable(actor, stoppable_on) if stoppable_on else Entitlement.objects.visible_to(actor)
    )
    rows = rows.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    latest = EntitlementPeriod.objects.filter(entitlement=OuterRef("pk")).order_by("-id")
    rows = rows.defer("account", "account_name").annotate(
        monthly_fen=Subquery(latest.values("monthly_fen")[:1])
    )
    return tuple(
        GrantRow(
            key=row.key,
            position=row.pk,
            person=row.person,
            benefit_name=row.benefit_name,
            monthly_fen=int(row.__dict__["monthly_fen"]),  # annotated above
            starts_on=row.starts_on,
            state=row.state,
            state_label=STATE_LABELS[row.state],
            stops_on=row.stops_on,
            object_by=row.object_by,
        )
        for row in rows[: min(limit, 200)]
    )


def list_changes(key: str, actor: Actor) -> tuple[ChangeRow, ...]:
    """The history of one grant the actor may see, oldest first; NotFound otherwise."""
    row = Entitlement.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return tuple(
        ChangeRow(
            at=change.at,
            label=CHANGE_LABELS.get(change.act, change.act),
            reason=REASON_LABELS.get(change.reason, change.reason),
            month=change.month,
            amount_fen=change.amount_fen,
            actor=change.actor,
        )
        for change in row.changes.order_by("id")[:200]
    )


def list_entitlements(actor: Actor, *, after: str = "", limit: int = 50) -> Page[EntitlementView]:
    """The actor's grants with their months, newest first; five statements however many there are.

    NotFound when ``after`` names a grant the actor may not see.
    """
    rows = Entitlement.objects.visible_to(actor)
    if after:
        seen = rows.filter(key=after).values_list("pk", flat=True).first()
        if seen is None:
            raise NotFound
        rows = rows.filter(pk__lt=seen)
    ordered = rows.order_by("-id").prefetch_related(*_BESIDE)
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    return Page(tuple(_whole(row) for row in shown), following)


def list_months(actor: Actor, *, benefit: str = "", limit: int = 24) -> tuple[MonthlyListView, ...]:
    """The monthly lists of the actor's body, newest first, with what the bank has answered so far."""
    rows = MonthlyList.objects.visible_to(actor).order_by("-month", "benefit")
    if benefit:
        rows = rows.filter(benefit=benefit)
    return _list_views(list(rows[: min(limit, 200)]))


def get_month(key: str, actor: Actor) -> MonthlyListView:
    """One monthly list of the actor's body, or NotFound."""
    row = MonthlyList.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return list_view(row)


def list_view(row: MonthlyList) -> MonthlyListView:
    return _list_views([row])[0]


def _list_views(rows: list[MonthlyList]) -> tuple[MonthlyListView, ...]:
    """Lists with the sums the bank has answered: two statements however many there are."""
    results = PaymentResult.objects.filter(entry__monthly_list__in=rows)
    paid = results.filter(state=PaymentState.PAID)
    failed = results.filter(state=PaymentState.FAILED).exclude(entry__in=paid.values("entry"))
    paid_fen, failed_fen = _sums(paid), _sums(failed)
    return tuple(
        MonthlyListView(
            key=row.key,
            benefit=row.benefit,
            benefit_name=row.benefit_name,
            division_code=row.division_code,
            department=row.department,
            month=row.month,
            closed_at=row.closed_at,
            count=row.count,
            total_fen=row.total_fen,
            paid_fen=paid_fen.get(row.pk, 0),
            failed_fen=failed_fen.get(row.pk, 0),
        )
        for row in rows
    )


def _sums(results: QuerySet[PaymentResult]) -> dict[int, int]:
    """Fen per monthly list."""
    grouped = results.values("entry__monthly_list").annotate(fen=Sum("entry__amount_fen"))
    return {row["entry__monthly_list"]: row["fen"] for row in grouped.order_by()}


def iterate_entries(
    list_key: str, *, only_failed: bool = False
) -> Iterator[tuple[str, date, int, str, str]]:
    """(entry number, month, fen, account, account name) of one list, in order, unmasked: exports only.

    ``only_failed``: what the bank could not pay, with the account the person has named since.
    """
    rows = MonthlyEntry.objects.filter(monthly_list__key=list_key).order_by("id")
    if only_failed:
        results = PaymentResult.objects.filter(entry__monthly_list__key=list_key)
        failed = results.filter(state=PaymentState.FAILED).values("entry")
        paid = results.filter(state=PaymentState.PAID).values("entry")
        rows = rows.filter(pk__in=failed).exclude(pk__in=paid).select_related("entitlement")
    for row in rows.iterator(chunk_size=500):
        source = row.entitlement if only_failed else row
        yield str(row.pk), row.month, row.amount_fen, source.account, source.account_name
