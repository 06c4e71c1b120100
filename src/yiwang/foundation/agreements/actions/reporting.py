"""The using department writes down effect, storage and destruction; the provider says what it wants destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements import reporting_rules as rules
from yiwang.foundation.agreements.actions.moving import locked_grant, move
from yiwang.foundation.agreements.definitions import (
    GRANT,
    GrantAct,
    GrantView,
)
from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL,
    DISPOSAL_LABELS,
    DISPOSAL_WITHIN,
    Disposal,
    Report,
    ReportKind,
    ReportView,
)
from yiwang.foundation.agreements.events import DisposalDeclared, DisposalRequired, GrantFact
from yiwang.foundation.agreements.models import DataGrant, UsageReport
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import MOST
from yiwang.kernel.refusals import FieldProblem, InvalidInput
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.journal import actions as journal


@transaction.atomic
def report_effect(
    *, key: str, version: int, report: Report, actor: Actor, at: datetime
) -> GrantView:
    """What using the data brought in a time that is over: papers and visits saved, in words (29 II).

    Refusals: ``NotFound``, ``NotAllowed`` (the using office's), ``VersionConflict``, ``InvalidInput``.
    """
    row = locked_grant(key, actor)
    found = rules.effect_problems(report, begun=legal_date(row.valid_from), today=legal_date(at))
    only = Report(
        words=report.words, since=report.since, until=report.until, papers=report.papers,
        visits=report.visits,
    )  # fmt: skip
    return _written(row, GrantAct.REPORT_EFFECT, ReportKind.EFFECT, version, only, found, actor, at)


@transaction.atomic
def report_storage(
    *, key: str, version: int, report: Report, actor: Actor, at: datetime
) -> GrantView:
    """Where the data lie now, how many records, who may read them (29 II)."""
    row = locked_grant(key, actor)
    only = Report(words=report.words, place=report.place, held=report.held)
    found = rules.storage_problems(only)
    act, kind = GrantAct.REPORT_STORAGE, ReportKind.STORAGE
    return _written(row, act, kind, version, only, found, actor, at)


@transaction.atomic
def declare_disposal(
    *, key: str, version: int, report: Report, actor: Actor, at: datetime
) -> GrantView:
    """After the end: nothing was held, it was destroyed, or a law has some of it kept (27 I, 29 II).

    What is kept may be declared destroyed later; what is gone is declared once. The clock stops.
    """
    row = locked_grant(key, actor)
    only = _of_disposal(report)
    found = rules.disposal_problems(only, begun=legal_date(row.valid_from), today=legal_date(at))
    act, kind = GrantAct.DECLARE_DISPOSAL, ReportKind.DISPOSAL
    changes = {"disposal": report.disposal, "dispose_by": None}
    view = _written(row, act, kind, version, only, found, actor, at, **changes)
    clocks.stop(subject=row.reference, kind=DISPOSAL, at=at, actor=actor)
    _announce(row, DisposalDeclared, actor, at, disposal=report.disposal)
    return view


@transaction.atomic
def require_disposal(
    *, key: str, version: int, words: str, actor: Actor, at: datetime
) -> GrantView:
    """The provider says how the data are to be dealt with now (27 I); what was declared counts no more."""
    row = locked_grant(key, actor)
    act, say = GrantAct.REQUIRE_DISPOSAL, "要怎样处置"
    changes = {"disposal": ""}
    move(
        row, machine=GRANT, act=act, version=version, actor=actor, at=at, words=words,
        must_say=say, changes=changes,
    )  # fmt: skip
    begin_disposal(row, actor, at)
    _announce(row, DisposalRequired, actor, at)
    return queries.grant_view(row, actor, at)


def begin_disposal(row: DataGrant, actor: Actor, at: datetime) -> None:
    """From now on the using department has so many days to declare; a clock that runs goes on."""
    clock = clock_queries.find_clock(subject=row.reference, kind=DISPOSAL, at=at)
    if clock is not None and clock.stopped_on is None:
        return
    begin = clocks.start if clock is None else clocks.restart
    row.dispose_by = begin(
        subject=row.reference, kind=DISPOSAL, allowance=DISPOSAL_WITHIN, at=at, actor=actor
    )
    row.save(update_fields=["dispose_by"])


def _of_disposal(report: Report) -> Report:
    """Only what belongs to the choice: a day that was typed before is not kept with another choice."""
    if report.disposal == Disposal.DESTROYED:
        return Report(disposal=report.disposal, words=report.words, day=report.day)
    if report.disposal == Disposal.KEPT:
        return Report(
            disposal=report.disposal, words=report.words, held=report.held, basis=report.basis,
            until=report.until,
        )  # fmt: skip
    return Report(disposal=report.disposal, words=report.words)


def _written(
    row: DataGrant,
    act: GrantAct,
    kind: ReportKind,
    version: int,
    report: Report,
    problems: tuple[FieldProblem, ...],
    actor: Actor,
    at: datetime,
    **changes: object,
) -> GrantView:
    """The act by its table first, so that another side's is refused by name; then what was typed."""
    said = DISPOSAL_LABELS.get(report.disposal, "")
    move(
        row, machine=GRANT, act=act, version=version, actor=actor, at=at, words=said,
        changes=changes,
    )  # fmt: skip
    if problems:
        raise InvalidInput(fields=problems)
    UsageReport.objects.create(
        grant=row,
        kind=kind,
        at=at,
        by=actor.reference,
        words=report.words.strip(),
        since=report.since,
        until=report.until,
        papers=report.papers,
        visits=report.visits,
        held=report.held,
        place=report.place.strip(),
        disposal=report.disposal,
        day=report.day,
        basis=report.basis.strip(),
    )
    if kind != ReportKind.DISPOSAL:  # a declaration is announced
        journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.grant_view(row, actor, at)


def _announce(
    row: DataGrant, event: type[GrantFact], actor: Actor, at: datetime, **more: str
) -> None:
    fact = event(
        subject=row.reference, at=at, consumer=row.consumer, provider=row.provider, **more
    )  # fmt: skip
    journal.announce(fact, actor=actor)


@transaction.atomic
def export_reports(*, key: str, actor: Actor, at: datetime) -> tuple[ReportView, ...]:
    """All records of one grant to be taken away as a file; who took them is in the journal. ``NotFound``."""
    view = queries.get_grant(key, actor, at=at)
    found: list[ReportView] = []
    after = ""
    while True:
        page = queries.list_reports(key, actor, after=after, limit=MOST)
        found += page.rows
        after = page.next
        if not after:
            break
    journal.record(
        actor=actor, act="agreements.export_reports", subject=view.reference, at=at,
        facts={"count": len(found)},
    )  # fmt: skip
    return tuple(found)
