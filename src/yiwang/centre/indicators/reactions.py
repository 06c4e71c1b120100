"""The listener: facts of cases and reviews become daily counts."""

from __future__ import annotations

from yiwang.capability.cases.events import CaseDecided, CaseSubmitted
from yiwang.capability.reviews.definitions import BAD_FROM
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import actions
from yiwang.centre.indicators.definitions import Metric
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks import queries as clocks


def count_submitted(*, event: CaseSubmitted, position: int, **_: object) -> None:
    """One more application received."""
    _count(event, position, [Metric.RECEIVED])


def count_decided(*, event: CaseDecided, position: int, **_: object) -> None:
    """One more decision; in time unless a clock of the case was due before that day."""
    metrics = [Metric.DECIDED]
    if event.by_rule:
        metrics.append(Metric.BY_RULE)
    if not _was_late(event):
        metrics.append(Metric.IN_TIME)
    _count(event, position, metrics)


def count_review(*, event: ReviewGiven, position: int, **_: object) -> None:
    """One more review."""
    metrics = [Metric.REVIEWED]
    if event.level < BAD_FROM:
        metrics.append(Metric.SATISFIED)
    _count(event, position, metrics)


def _count(
    event: CaseSubmitted | CaseDecided | ReviewGiven, position: int, metrics: list[Metric]
) -> None:
    actions.count(
        position=position,
        on=legal_date(event.at),
        metrics=metrics,
        division_code=event.division_code,
        item_code=event.item_code,
    )


def _was_late(event: CaseDecided) -> bool:
    """Against the clocks that were still running when the decision came."""
    day = legal_date(event.at)
    known = clocks.find_clocks(subjects=[event.subject], at=event.at)
    return any(
        clock.due_on < day and clock.stopped_on in (None, day)
        for clock in known.get(event.subject, ())
    )
