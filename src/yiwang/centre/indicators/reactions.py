"""The listener: facts of cases and reviews become daily counts and the stock of each body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.events import (
    CaseAccepted,
    CaseCorrected,
    CaseDecided,
    CaseEvent,
    CaseLate,
    CaseNearlyDue,
    CaseReturned,
    CaseSubmitted,
    CaseTransferred,
    ExtensionGranted,
    PassedToOfficial,
    PersonAskedFor,
)
from yiwang.capability.materials import queries as materials
from yiwang.capability.materials.definitions import Supply
from yiwang.capability.materials.events import MaterialArrived
from yiwang.capability.reviews.definitions import BAD_FROM
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import actions
from yiwang.centre.indicators.definitions import OWN_VAULT, Happening, Metric
from yiwang.kernel.events import Event
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks import queries as clocks


def count_submitted(*, event: CaseSubmitted, position: int, **_: object) -> None:
    """One more application received; what no rule decides is work from now on."""
    _count(event, position, [Metric.RECEIVED], [Happening.RECEIVED])
    if not event.instant:
        _enter(event)


def count_spared(*, event: CaseSubmitted, **_: object) -> None:
    """What the applicant was not asked for, because it was fetched or is in his vault."""
    papers = {
        one.material: OWN_VAULT if one.supply is Supply.REUSED else one.source_label
        for one in materials.list_materials(subject=event.subject)
        if one.supply in (Supply.FETCHED, Supply.REUSED)
    }
    _spare(event, event.division_code, event.department, event.item_code, papers)


def count_arrived(*, event: MaterialArrived, **_: object) -> None:
    """A paper the source owed: the applicant was not asked for it."""
    if event.found:
        case = cases.get_inside(split(event.subject)[1])
        papers = {event.material: event.source_label}
        _spare(event, case.division_code, case.department, case.item_code, papers)


def _spare(
    event: Event, division_code: str, department: str, item_code: str, papers: Mapping[str, str]
) -> None:
    if papers:
        actions.spare(
            on=legal_date(event.at),
            subject=event.subject,
            division_code=division_code,
            department=department,
            item_code=item_code,
            papers=papers,
        )


def count_decided(*, event: CaseDecided, position: int, **_: object) -> None:
    """One more decision; in time unless a clock of the case was due before that day."""
    metrics, happenings = [Metric.DECIDED], [Happening.DECIDED]
    if event.by_rule:
        metrics.append(Metric.BY_RULE)
    if not _was_late(event):
        metrics.append(Metric.IN_TIME)
        happenings.append(Happening.IN_TIME)
    if event.outcome == Outcome.REJECT:
        happenings.append(Happening.REJECTED)
    _count(event, position, metrics, happenings)
    if event.by_rule:
        actions.leave(subject=event.subject)
    else:
        actions.turn(subject=event.subject)


def count_review(*, event: ReviewGiven, position: int, **_: object) -> None:
    """One more review."""
    metrics = [Metric.REVIEWED]
    if event.level < BAD_FROM:
        metrics.append(Metric.SATISFIED)
    actions.count(
        position=position,
        on=legal_date(event.at),
        metrics=metrics,
        division_code=event.division_code,
        item_code=event.item_code,
    )


def count_returned(*, event: CaseReturned, position: int, **_: object) -> None:
    """The applicant was told once what is missing: no clock of the body is late any more."""
    _count(event, position, (), [Happening.CORRECTED])
    actions.turn(subject=event.subject)


def count_extended(*, event: ExtensionGranted, position: int, **_: object) -> None:
    """More time was granted."""
    _count(event, position, (), [Happening.EXTENDED])
    actions.turn(subject=event.subject)


def count_refused(*, event: CaseEvent, position: int, **_: object) -> None:
    """Not taken up, whatever the procedure calls it."""
    _count(event, position, (), [Happening.REFUSED])
    actions.leave(subject=event.subject)


def come_to_work(*, event: PassedToOfficial | PersonAskedFor | CaseEvent, **_: object) -> None:
    """An official looks, or looks again."""
    _enter(event)


def go_on(*, event: CaseAccepted | CaseCorrected, **_: object) -> None:
    """Another clock runs from here."""
    actions.turn(subject=event.subject)


def come_near(*, event: CaseNearlyDue, **_: object) -> None:
    """Nearly late."""
    actions.turn(subject=event.subject, soon=True)


def come_late(*, event: CaseLate, **_: object) -> None:
    """Late."""
    actions.turn(subject=event.subject, late=True)


def move(*, event: CaseTransferred, **_: object) -> None:
    """It is another body's work now."""
    actions.leave(subject=event.subject)
    _enter(event)


def leave(*, event: CaseEvent, **_: object) -> None:
    """It is nobody's work any more."""
    actions.leave(subject=event.subject)


def _enter(event: CaseEvent) -> None:
    actions.enter(
        subject=event.subject, division_code=event.division_code, department=event.department
    )


def _count(
    event: CaseEvent, position: int, metrics: Sequence[Metric], happenings: Sequence[Happening]
) -> None:
    actions.count(
        position=position,
        on=legal_date(event.at),
        metrics=metrics,
        division_code=event.division_code,
        item_code=event.item_code,
        department=event.department,
        happenings=happenings,
    )


def _was_late(event: CaseDecided) -> bool:
    """Against the clocks that were still running when the decision came."""
    day = legal_date(event.at)
    known = clocks.find_clocks(subjects=[event.subject], at=event.at, brief=True)
    return any(
        clock.due_on < day and clock.stopped_on in (None, day)
        for clock in known.get(event.subject, ())
    )
