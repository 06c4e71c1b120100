"""Reading reviews and follow-ups. Staff never learn who wrote a review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from yiwang.capability.reviews import rules
from yiwang.capability.reviews.definitions import (
    BAD_FROM,
    LEVELS,
    STATE_LABELS,
    OrderAct,
    Rates,
    RectificationState,
    RectificationView,
    ReviewView,
)
from yiwang.capability.reviews.models import RectificationOrder, Review
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView

CONTACT_CLOCK = "rectification.contact"
ANSWER_CLOCK = "rectification.answer"
COMPLEX_CLOCK = "rectification.answer-complex"
_ACT_LABELS = {
    "opened": "收到差评，发出整改单",
    "contact": "联系评价人",
    "answer": "答复整改结果",
    "second_review": "评价人再次评价",
    "close": "办结",
    "set_aside": "核实后不计入",
}


def review_view(row: Review) -> ReviewView:
    order = getattr(row, "rectification", None)
    return ReviewView(
        key=row.key,
        case=row.case,
        handling=row.handling,
        level=row.level,
        level_label=LEVELS[row.level],
        tags=tuple(row.tags),
        text=row.text,
        channel=row.channel,
        given_at=row.given_at,
        item_code=row.item_code,
        counted=row.counted,
        rectification=order.key if order else "",
    )


def find_review(handling: str, actor: Actor) -> ReviewView | None:
    """The review of one handling, if given and the actor may see it."""
    rows = Review.objects.visible_to(actor).select_related("rectification")
    row = rows.filter(handling=handling).first()
    return review_view(row) if row else None


def list_case_reviews(case: str, actor: Actor) -> tuple[ReviewView, ...]:
    """The reviews of one case the actor may see, oldest first."""
    rows = Review.objects.visible_to(actor).select_related("rectification").filter(case=case)
    return tuple(review_view(row) for row in rows.order_by("id")[:50])


def has_open_order(case: str) -> bool:
    """Is a bad review of this case still being followed up?"""
    orders = RectificationOrder.objects.filter(review__case=case)
    return orders.filter(closed_at=None).exists()


def list_reviews(actor: Actor, *, after: str = "", limit: int = 50) -> Page[ReviewView]:
    """Reviews of the actor's division and department (or their own), newest first.

    NotFound when ``after`` names a review the actor may not see.
    """
    rows = Review.objects.visible_to(actor)
    if after:
        rows = rows.filter(pk__lt=_place(rows, after))
    ordered = rows.select_related("rectification").order_by("-id")
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    return Page(tuple(review_view(row) for row in shown), following)


def order_view(row: RectificationOrder, *, at: datetime) -> RectificationView:
    me = reference("rectification", row.key)
    return _order(row, clocks.find_clocks(subjects=[me], at=at)[me])


def _order(row: RectificationOrder, limits: Sequence[ClockView]) -> RectificationView:
    found = {clock.kind: clock for clock in limits}
    contact = found.get(CONTACT_CLOCK)
    answer = found.get(COMPLEX_CLOCK) or found.get(ANSWER_CLOCK)
    return RectificationView(
        key=row.key,
        reference=reference("rectification", row.key),
        review=review_view(row.review),
        state=row.state,
        state_label=STATE_LABELS[row.state],
        complex=row.complex,
        contact_by=contact.due_on if contact else None,
        answer_by=answer.due_on if answer else None,
        answer=row.answer,
        answer_text=row.answer_text,
        second_level=row.second_level,
        version=row.version,
        opened_at=row.opened_at,
        acts=tuple(
            OrderAct(act.at, _ACT_LABELS.get(act.act, act.act), act.note)
            for act in sorted(row.acts.all(), key=lambda act: act.pk)
        ),
        department=row.review.department,
        clock=next((c for c in (contact, answer) if c and c.stopped_on is None), None),
    )


def get_order(key: str, actor: Actor, *, at: datetime) -> RectificationView:
    """One follow-up the actor may see, or NotFound."""
    rows = RectificationOrder.objects.visible_to(actor).select_related("review")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return order_view(row, at=at)


def list_orders(
    actor: Actor, *, at: datetime, state: str = "", after: str = "", limit: int = 50
) -> Page[RectificationView]:
    """Follow-ups of the actor's body, oldest first; ``state`` narrows. Five statements at most.

    NotFound when ``after`` names one the actor may not see.
    """
    rows = RectificationOrder.objects.visible_to(actor)
    if after:
        rows = rows.filter(pk__gt=_place(rows, after))
    if state:
        rows = rows.filter(state=state)
    ordered = rows.select_related("review").prefetch_related("acts").order_by("id")
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    subjects = [reference("rectification", row.key) for row in shown]
    limits = clocks.find_clocks(subjects=subjects, at=at)
    views = (_order(row, limits[one]) for row, one in zip(shown, subjects, strict=True))
    return Page(tuple(views), following)


def _place(rows: QuerySet[Any], key: str) -> int:
    """Where the last row of the page before stands."""
    found = rows.filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return int(found)


def get_rates(*, since: datetime, until: datetime, handled: int, division_code: str = "") -> Rates:
    """The published rates of a period; ``handled`` is the number of handlings, counted by the caller."""
    rows = Review.objects.filter(given_at__gte=since, given_at__lt=until, counted=True)
    if division_code:
        rows = rows.filter(division_code__startswith=division_code)
    closed = Q(rectification__state=RectificationState.CLOSED)
    bad = Q(level__gte=BAD_FROM)
    counts = rows.aggregate(
        active=Count("id"),
        bad=Count("id", filter=bad),
        rectified=Count("id", filter=bad & closed),
        in_time=Count("id", filter=bad & closed & Q(rectification__in_time=True)),
    )
    return rules.rates(
        handled=handled,
        active=counts["active"],
        good=counts["active"] - counts["bad"],
        bad=counts["bad"],
        rectified=counts["rectified"],
        rectified_in_time=counts["in_time"],
    )
