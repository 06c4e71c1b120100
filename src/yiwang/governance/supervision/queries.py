"""Cards for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from yiwang.governance.supervision import rules
from yiwang.governance.supervision.definitions import (
    COLOUR_LABELS,
    LEVEL_LABELS,
    MATTER_LABELS,
    STATE_LABELS,
    CardState,
    CardStatus,
    CardView,
)
from yiwang.governance.supervision.models import Card, CardSet
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.statements import queries as counting
from yiwang.mechanisms.statements.definitions import Count
from yiwang.network.directory import queries as directory
from yiwang.support.identity import queries as identity

_STATES: Final[Mapping[CardStatus, tuple[CardState, ...]]] = {
    CardStatus.OPEN: (CardState.ISSUED, CardState.CANCEL_ASKED),
    CardStatus.EXPLAINED: (CardState.EXPLAINED,),
    CardStatus.CANCELLED: (CardState.CANCELLED,),
}


def list_cards(
    actor: Actor,
    *,
    status: CardStatus = CardStatus.OPEN,
    department: str = "",
    after: str = "",
    limit: int = 50,
) -> Page[CardView]:
    """The cards of the bodies an official belongs to or oversees, newest first."""
    rows = _of(actor, status)
    if department:
        rows = rows.filter(department=department)
    if after:
        rows = rows.filter(id__lt=Card.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(_views(shown, actor), following)


def count_open(actor: Actor) -> int:
    """How many wait for an explanation or a second person, counted up to a thousand."""
    return counting.count([open_count(actor)])[0]


def open_count(actor: Actor) -> Count:
    """The same, for a page that counts more beside."""
    return counting.bounded(_of(actor, CardStatus.OPEN))


def get_card(key: str, actor: Actor) -> CardView:
    """One card; ``NotFound``."""
    row = Card.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return _views([row], actor)[0]


def list_case_cards(case: str, actor: Actor) -> tuple[CardView, ...]:
    """The cards of one case the actor may see, newest first."""
    rows = Card.objects.visible_to(actor).filter(subject=case)
    return _views(list(rows.order_by("-id")[:50]), actor)


def _of(actor: Actor, status: CardStatus) -> CardSet:
    rows = Card.objects.visible_to(actor)
    states = _STATES.get(status)
    return rows if states is None else rows.filter(state__in=states)


def _views(rows: Sequence[Card], actor: Actor) -> tuple[CardView, ...]:
    if not rows:
        return ()
    people = {row.official for row in rows} | {row.explained_by for row in rows}
    people |= {row.cancel_asked_by for row in rows} | {row.cancelled_by for row in rows}
    names = identity.list_names(sorted(people - {""}))
    bodies: dict[str, str] = {}
    for uscc in {row.department for row in rows}:
        try:
            bodies[uscc] = directory.get_department(uscc).name
        except NotFound:
            bodies[uscc] = uscc
    return tuple(_view(row, actor, names, bodies) for row in rows)


def _view(row: Card, actor: Actor, names: Mapping[str, str], bodies: Mapping[str, str]) -> CardView:
    matter = row.matter.partition(":")[0]
    return CardView(
        key=row.key,
        colour=row.colour,
        colour_label=COLOUR_LABELS[row.colour],
        state=row.state,
        state_label=STATE_LABELS[row.state],
        version=row.version,
        subject=row.subject,
        matter=matter,
        matter_label=MATTER_LABELS.get(matter, matter),
        division_code=row.division_code,
        department=row.department,
        department_name=bodies[row.department],
        official=row.official,
        official_name=names.get(row.official, ""),
        due_on=row.due_on,
        issued_at=row.issued_at,
        basis=row.basis,
        level=row.level,
        level_label=LEVEL_LABELS[row.level],
        settled_at=row.settled_at,
        explanation=row.explanation or "",
        explained_by=names.get(row.explained_by, row.explained_by),
        explained_at=row.explained_at,
        cancel_reason=row.cancel_reason or "",
        cancel_asked_by=names.get(row.cancel_asked_by, row.cancel_asked_by),
        cancelled_by=names.get(row.cancelled_by, row.cancelled_by),
        cancelled_at=row.cancelled_at,
        acts=acts_of(row, actor),
    )


def acts_of(row: Card, actor: Actor) -> tuple[str, ...]:
    """What this official may do with a card."""
    held = actor.roles_at(row.division_code, row.department)
    return rules.acts(
        held,
        who=actor.reference,
        state=row.state,
        on_card=row.official,
        asked_by=row.cancel_asked_by,
        asked_as_head=row.cancel_asked_as_head,
    )


def is_head(row: Card, actor: Actor) -> bool:
    """Does this official answer for the body the card was issued to?"""
    return Role.HEAD in actor.roles_at(row.division_code, row.department)
