"""Closing a month, handing the list to the treasury, reading what the bank answered."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet, Sum

from yiwang.capability.entitlements import queries, rules
from yiwang.capability.entitlements.definitions import (
    MonthlyListView,
    PaymentState,
    Period,
    ReturnLine,
    ReturnReport,
)
from yiwang.capability.entitlements.events import MonthClosed
from yiwang.capability.entitlements.models import (
    Entitlement,
    EntitlementPeriod,
    MonthlyEntry,
    MonthlyList,
    PaymentResult,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, Refusal
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.journal import actions as journal

_BATCH = 500
_MOST_PROBLEMS = 20
_KNOWN, _LATE = "以前已记", "已到账，失败结果未采用"
_TAKEN = {PaymentState.PAID: "记为已到账", PaymentState.FAILED: "记为未到账"}
_RESULTS = {"PAID": PaymentState.PAID, "FAILED": PaymentState.FAILED,
            "成功": PaymentState.PAID, "失败": PaymentState.FAILED}  # fmt: skip


class CannotImportReturn(Refusal):
    status = 422
    sentence = "银行返回文件读不懂，一行也没有记入。"
    remedy = "请检查文件：三列，名册行号、结果（成功或失败）、说明。"


def _insist_on_office(actor: Actor) -> None:
    if actor.kind is not ActorKind.MACHINE and not actor.has_role(Role.APPROVER):
        raise NotAllowed


def close_month(
    year: int, month: int, *, at: datetime, actor: Actor, benefit: str = ""
) -> tuple[MonthlyListView, ...]:
    """Fix the lists of a month: everybody due, plus earlier months never listed (补发).

    One list per benefit, body and month; closing again returns the same lists and adds nothing. A
    month that has not begun cannot be closed. Each list is one transaction.
    """
    _insist_on_office(actor)
    closing = date(year, month, 1)
    if closing > legal_date(at):
        raise InvalidInput("这个月还没有开始，不能生成名册。", "请到当月再生成。")
    grants = Entitlement.objects.visible_to(actor).filter(starts_on__lte=closing)
    if benefit:
        grants = grants.filter(benefit=benefit)
    groups = grants.order_by("benefit", "division_code", "department").values_list(
        "benefit", "division_code", "department"
    )
    lists = [
        _close_one(code, place, body, closing, at=at, actor=actor)
        for code, place, body in groups.distinct()
    ]
    return tuple(lists)


@transaction.atomic
def _close_one(
    benefit: str, place: str, body: str, closing: date, *, at: datetime, actor: Actor
) -> MonthlyListView:
    """The list's own unique row decides who closes; a second closer waits, then finds it there."""
    grants = Entitlement.objects.filter(
        benefit=benefit, division_code=place, department=body, starts_on__lte=closing
    )
    name = grants.values_list("benefit_name", flat=True).order_by("-id")[:1].get()
    row, created = MonthlyList.objects.get_or_create(
        benefit=benefit, division_code=place, department=body, month=closing,
        defaults={"benefit_name": name, "closed_at": at},
    )  # fmt: skip
    if not created:
        return queries.list_view(row)
    for batch in _batches(grants):
        MonthlyEntry.objects.bulk_create(_entries(row, batch, closing))
    totals = row.entries.aggregate(fen=Sum("amount_fen"), count=Count("id"))
    row.count, row.total_fen = totals["count"], totals["fen"] or 0
    row.save(update_fields=["count", "total_fen"])
    closed = MonthClosed(
        subject=reference("monthly-list", row.key), at=at, benefit=benefit,
        month=f"{closing:%Y-%m}", count=row.count, total_fen=row.total_fen,
    )  # fmt: skip
    journal.announce(closed, actor=actor)
    return queries.list_view(row)


def _batches(grants: QuerySet[Entitlement]) -> Iterator[list[Entitlement]]:
    """Grants in the order of their number, locked against a stop or account change half-way."""
    last = 0
    rows = grants.select_for_update().prefetch_related(
        Prefetch("periods", EntitlementPeriod.objects.order_by("id"))
    )
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        yield batch
        last = batch[-1].pk


def _entries(row: MonthlyList, batch: list[Entitlement], closing: date) -> list[MonthlyEntry]:
    listed: dict[int, set[date]] = {grant.pk: set() for grant in batch}
    known = MonthlyEntry.objects.filter(entitlement__in=batch)
    for pk, month in known.values_list("entitlement_id", "month"):
        listed[pk].add(month)
    return [
        MonthlyEntry(
            monthly_list=row,
            entitlement=grant,
            month=month,
            amount_fen=fen,
            account=grant.account,
            account_name=grant.account_name,
        )
        for grant in batch
        for month, fen in rules.to_list(
            [Period(p.first, p.until, p.monthly_fen) for p in grant.periods.all()],
            listed=listed[grant.pk],
            closing=closing,
        )
    ]


@transaction.atomic
def export_month(*, key: str, at: datetime, actor: Actor, only_failed: bool = False) -> bytes:
    """The list as a spreadsheet for the treasury, accounts unmasked; who exported is noted.

    ``only_failed``: what the bank could not pay, with the account named since.
    """
    shown = queries.get_month(key, actor)
    journal.record(
        actor=actor,
        act="entitlements.list_exported",
        subject=reference("monthly-list", shown.key),
        at=at,
        purpose="拨付",
        facts={"count": shown.count, "total_fen": shown.total_fen},
    )
    return exports.write_sheet(
        title=f"{shown.month:%Y-%m}",
        columns=["名册行号", "所属月份", "金额（元）", "账号", "户名"],
        rows=(
            [number, f"{of:%Y-%m}", rules.yuan(fen), account, name]
            for number, of, fen, account, name in queries.iterate_entries(
                shown.key, only_failed=only_failed
            )
        ),
        trace=f"{shown.benefit_name} {shown.month:%Y年%m月} {shown.count}笔 "
        f"{rules.yuan(shown.total_fen)}元 {actor.reference} {at:%Y-%m-%dT%H:%M:%SZ}",
    )


@transaction.atomic
def import_return(*, key: str, data: bytes, at: datetime, actor: Actor) -> ReturnReport:
    """Take over the bank's answer (CSV: entry number, 成功/失败, note), all rows or none.

    The same row again changes nothing; a later success beats an earlier failure, a failure after a
    success is reported, not taken. Refuses: CannotImportReturn names each wrong line.
    """
    shown = queries.get_month(key, actor)
    rows, problems = _read_return(data)
    entries = {
        str(pk): pk
        for pk in MonthlyEntry.objects.filter(monthly_list__key=shown.key).values_list(
            "pk", flat=True
        )
    }
    problems += [
        f"第 {line} 行：名册里没有 {number}" for line, number, _, _ in rows if number not in entries
    ]
    if problems:
        raise CannotImportReturn(
            fields=[FieldProblem("file", problem) for problem in problems[:_MOST_PROBLEMS]]
        )
    report = _take_over(rows, entries, source=crypto.digest(data), at=at)
    journal.record(
        actor=actor,
        act="entitlements.return_imported",
        subject=reference("monthly-list", shown.key),
        at=at,
        facts={"paid": report.paid, "failed": report.failed},
    )
    return report


_Row = tuple[int, str, PaymentState, str]


def _read_return(data: bytes) -> tuple[list[_Row], list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], ["文件不是 UTF-8 文本"]
    if "\x00" in text:
        return [], ["文件里有不能读的字符"]
    rows: list[_Row] = []
    problems: list[str] = []
    try:
        lines = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return [], ["文件不是 CSV 表"]
    for line, cells in enumerate(lines, start=1):
        if not cells or (line == 1 and not cells[0].strip().isdigit()):
            continue  # blank lines, and a heading
        state = _RESULTS.get(cells[1].strip()) if len(cells) > 1 else None
        if state is None:
            problems.append(f"第 {line} 行：结果应为成功或失败")
            continue
        note = cells[2].strip()[:200] if len(cells) > 2 else ""
        rows.append((line, cells[0].strip(), state, note))
    if not rows and not problems:
        problems.append("文件里没有一行结果")
    return rows, problems


def _take_over(
    rows: list[_Row], entries: dict[str, int], *, source: str, at: datetime
) -> ReturnReport:
    lines = [_take_line(row, entries[row[1]], source=source, at=at) for row in rows]
    outcomes = Counter(line.outcome for line in lines)
    return ReturnReport(
        paid=outcomes[_TAKEN[PaymentState.PAID]],
        failed=outcomes[_TAKEN[PaymentState.FAILED]],
        already_known=outcomes[_KNOWN],
        problems=tuple(
            f"第 {line.line} 行：{line.number} 已到账，失败结果未采用"
            for line in lines
            if line.outcome == _LATE
        ),
        lines=tuple(lines),
    )


def _take_line(row: _Row, entry: int, *, source: str, at: datetime) -> ReturnLine:
    line, number, state, note = row
    results = PaymentResult.objects.filter(entry_id=entry)
    if state is PaymentState.FAILED and results.filter(state=PaymentState.PAID).exists():
        return ReturnLine(line, number, _LATE, note)
    _, created = PaymentResult.objects.get_or_create(
        entry_id=entry,
        state=state,
        defaults={"note": note, "source_digest": source, "at": at},
    )
    return ReturnLine(line, number, _TAKEN[state] if created else _KNOWN, note)
