"""What went up, what came down, how talking goes."""

from __future__ import annotations

from django.conf import settings

from yiwang.foundation.upper import drivers
from yiwang.foundation.upper.definitions import ContactView, Kind, State, UpperView
from yiwang.foundation.upper.models import UpperContact, UpperItem
from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound


def is_above() -> bool:
    """Does this installation stand below another platform?"""
    return bool(settings.UPPER_DRIVER)


def list_items(actor: Actor, *, after: str = "", limit: int = 50) -> Page[UpperView]:
    """What the actor may see, the newest first."""
    rows = UpperItem.objects.visible_to(actor)
    if after:
        rows = rows.filter(id__lt=UpperItem.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id").defer("body")[: bounded(limit) + 1], limit)
    return Page(tuple(view_of(row) for row in shown), following)


def get_item(key: str, actor: Actor) -> UpperView:
    """One of them; NotFound."""
    row = UpperItem.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view_of(row)


def get_contact() -> ContactView:
    """How it goes; for every page that says so."""
    row = UpperContact.objects.first() or UpperContact()
    return ContactView(
        name=drivers.get_driver().name if is_above() else "",
        reached_at=row.reached_at,
        problem=row.problem,
        since=row.since,
        waiting=UpperItem.objects.filter(state=State.WAITING).count(),
        to_answer=UpperItem.objects.filter(state=State.ARRIVED).count(),
    )


def view_of(row: UpperItem) -> UpperView:
    """A row that was read with its rights."""
    return UpperView(
        row.key,
        Kind(row.kind),
        State(row.state),
        row.title,
        row.department,
        row.upper_no,
        row.agreed,
        row.words,
        row.attempts,
        row.next_try_at,
        row.problem,
        row.made_at,
        row.changed_at,
        row.version,
    )
