"""Questions about enquiries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.support.enquiries.definitions import (
    CLOCK,
    FINDING_LABELS,
    KIND_LABELS,
    EnquiryKind,
    EnquiryState,
    EnquiryView,
    Look,
    Office,
)
from yiwang.support.enquiries.models import Enquiry


def get_enquiry(key: str, actor: Actor, *, at: datetime) -> EnquiryView:
    """One of one's own, or one to a body the officer answers for; ``NotFound``."""
    row = Enquiry.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view_of(row, clocks.find_clock(subject=row.reference, kind=CLOCK, at=at))


def find_asked(actor: Actor, looks: Collection[str]) -> Mapping[str, str]:
    """Which of these looks the actor asked about: look → the enquiry's key."""
    rows = Enquiry.objects.visible_to(actor).filter(owner=actor.applicant, look__in=looks)
    return dict(rows.values_list("look", "key"))


def list_enquiries(
    actor: Actor, *, at: datetime, answered: bool = False, after: int = 0, limit: int = 50
) -> tuple[EnquiryView, ...]:
    """Those that wait for the officer's bodies, the oldest first; or the answered, the newest first."""
    rows = Enquiry.objects.visible_to(actor)
    if answered:
        rows = rows.filter(state=EnquiryState.ANSWERED).order_by("-id")
        rows = rows.filter(pk__lt=after) if after else rows
    else:
        rows = rows.filter(state=EnquiryState.OPEN, pk__gt=after).order_by("id")
    found = list(rows[: min(limit, 200)])
    running = clocks.find_clocks(subjects=[row.reference for row in found], at=at)
    return tuple(
        view_of(row, next((c for c in running[row.reference] if c.kind == CLOCK), None))
        for row in found
    )


def view_of(row: Enquiry, clock: ClockView | None) -> EnquiryView:
    """A row as the asker and the body may see it."""
    return EnquiryView(
        key=row.key,
        kind=EnquiryKind(row.kind),
        kind_label=KIND_LABELS[row.kind],
        state=EnquiryState(row.state),
        look=Look(row.look, row.looked_at, row.who, row.what, row.purpose, row.case_no, row.looker),
        office=Office(row.division_code, row.department, row.department_name),
        words=row.words,
        asked_at=row.asked_at,
        answer=row.answer,
        finding_label=FINDING_LABELS.get(row.finding, ""),
        answered_at=row.answered_at,
        clock=clock,
        position=row.pk,
    )
