"""每日对账: receipts, cases, clocks, journal and results must tell one story (reliability, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import transaction

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.cases.queries import LedgerRow
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey.clocks import ACCEPT, DECIDE, DELIVER
from yiwang.capability.journey.events import DifferenceFound
from yiwang.kernel.actor import machine
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as journal_queries
from yiwang.support.letters import queries as letters
from yiwang.support.letters.definitions import LetterKind
from yiwang.support.licences import queries as licences

Row = TypeVar("Row")

#: Its acts are found by this actor: the newest is the last result.
RECONCILER: Final = machine("reconciler")
#: Cases received so long ago and ended are not read again.
WINDOW: Final = timedelta(days=35)
#: Work that may still be under way is left alone.
SETTLED: Final = timedelta(hours=1)
_BATCH: Final = 200
_UNDECIDED: Final = (
    State.SUBMITTED,
    State.WITH_OFFICIAL,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
    State.SUSPENDED,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two records that do not agree: about what, and which pair."""

    subject: str
    what: str


def reconcile(*, at: datetime) -> tuple[Difference, ...]:
    """Compare everything once; each difference is announced, the sum is written down."""
    found = tuple(_differences(since=at - WINDOW, until=at - SETTLED, at=at))
    with transaction.atomic():
        for one in found:
            event = DifferenceFound(subject=one.subject, at=at, what=one.what)
            journal.announce(event, actor=RECONCILER)
        journal.record(
            actor=RECONCILER,
            act="journey.reconciled",
            subject="reconciliation:daily",
            at=at,
            result="DONE" if not found else "DIFFERENT",
            facts={"differences": len(found)},
        )
    return found


def _differences(*, since: datetime, until: datetime, at: datetime) -> Iterator[Difference]:
    for some in _in_batches(cases.iterate_ledger(since=since, until=until)):
        yield from _of_cases(some, at)
    handed_in = intake.iterate_handed_in(since=since, until=until)
    for batch in _in_batches(handed_in):
        known = cases.list_known([split(case)[1] for _, case in batch])
        yield from (
            Difference(case, "receipt without case")
            for _, case in batch
            if split(case)[1] not in known
        )


def _of_cases(rows: list[LedgerRow], at: datetime) -> Iterator[Difference]:
    found = clocks.find_clocks(subjects=[row.reference for row in rows], at=at)
    handed_in = intake.find_handed_in([row.draft_key for row in rows])
    for row in rows:
        if handed_in.get(row.draft_key) != row.reference:
            yield Difference(row.reference, "case without receipt")
        kinds = {clock.kind: clock for clock in found[row.reference]}
        if not kinds.keys() & {ACCEPT, DECIDE}:
            yield Difference(row.reference, "case without clock")
        elif (row.state in _UNDECIDED) != any(
            clock.stopped_on is None for kind, clock in kinds.items() if kind != DELIVER
        ):
            yield Difference(row.reference, "clock and state")
        yield from _papers(row, at)


def _papers(row: LedgerRow, at: datetime) -> Iterator[Difference]:
    steps = [
        entry
        for entry in journal_queries.list_entries(subject=row.reference)
        if entry.act.startswith("cases.case_") or entry.act in _OTHER_STEPS
    ]
    if len(steps) != row.version:
        yield Difference(row.reference, "journal and case")
    waits = row.state == State.APPROVED  # something keeps the result back
    if row.outcome == "APPROVE" and not waits and not _has_result(row, at):
        yield Difference(row.reference, "decision without result")
    kinds = {letter.kind for letter in letters.list_letters(row.reference)}
    if LetterKind.RECEIPT not in kinds and row.state != State.WITHDRAWN:
        yield Difference(row.reference, "case without receipt letter")


#: Steps of a case whose facts do not begin with ``cases.case_``.
_OTHER_STEPS: Final = frozenset(
    f"cases.{name}"
    for name in (
        "passed_to_official", "person_asked_for", "person_answered", "extension_asked",
        "extension_granted", "extension_declined", "decision_revoked", "correction_overdue",
        "special_begun", "special_ended",
    )
)  # fmt: skip


def _has_result(row: LedgerRow, at: datetime) -> bool:
    if not row.result_reference:
        return False
    kind, key = split(row.result_reference)
    if kind == "licence":
        made = licences.find_case_licence(row.reference, at=at)
        return made is not None and made.key == key
    if kind == "entitlement":
        granted = entitlements.find_case_entitlement(row.reference)
        return granted is not None and granted.key == key
    return True


def _in_batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
