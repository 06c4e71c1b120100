"""Issuing cards, explaining them, taking them to the superior, taking them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from yiwang.foundation.libraries import queries as libraries
from yiwang.governance.supervision import queries, rules
from yiwang.governance.supervision.definitions import (
    COLOUR_LABELS,
    LONGEST_TEXT,
    MATTER_LABELS,
    CardState,
    CardView,
    Colour,
)
from yiwang.governance.supervision.events import (
    CardCancelAsked,
    CardCancelDeclined,
    CardCancelled,
    CardEvent,
    CardExplained,
    CardIssued,
    CardRaised,
)
from yiwang.governance.supervision.models import Card
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.places import lineage
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import Colleague
from yiwang.support.messages import actions as messages
from yiwang.support.messages import queries as message_queries

_CLOCK = machine("clock")
_BATCH = 200
_SETTLE: Final = """
UPDATE supervision_card SET settled_at = %s WHERE subject = %s AND settled_at IS NULL RETURNING 1
"""


def issue(
    *,
    colour: Colour,
    subject: str,
    matter: str,
    division_code: str,
    department: str,
    due_on: date,
    at: datetime,
    basis: str = "",
    official: str = "",
) -> bool:
    """A limit is nearly over or over: exactly one card, however often it is heard. False: known.

    The one who goes on with the matter is told, and the body's heads; without one, all who handle.
    """
    with transaction.atomic():
        row, made = Card.objects.get_or_create(
            subject=subject,
            matter=matter,
            colour=colour,
            due_on=due_on,
            department=department,
            defaults={
                "division_code": division_code,
                "official": official,
                "basis": basis,
                "issued_at": at,
            },
        )
        if not made:
            return False
        _announce(row, CardIssued, _CLOCK, at, due_on=due_on.isoformat())
        _tell(row, _holders(row, at), f"card-{colour.lower()}", at)
    return True


def settle(*, subject: str, at: datetime) -> int:
    """The matter has its decision or its end: what was issued stays, and says so."""
    return len(prepared.run(_SETTLE, [at, subject]))


@transaction.atomic
def explain(*, key: str, version: int, text: str, actor: Actor, at: datetime) -> CardView:
    """The body says why, in writing. Refusals: ``NotFound``, ``NotAllowed``, ``VersionConflict``."""
    row = _locked(key, version, actor, rules.EXPLAIN)
    row.explanation, row.explained_by, row.explained_at = _text(text, "说明"), actor.reference, at
    return _moved(row, CardState.EXPLAINED, CardExplained, actor, at)


@transaction.atomic
def ask_cancel(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> CardView:
    """Ask to take a card back, with the reason; another person decides."""
    row = _locked(key, version, actor, rules.ASK)
    row.cancel_reason, row.cancel_asked_by = _text(reason, "撤销的理由"), actor.reference
    row.cancel_asked_as_head = queries.is_head(row, actor)
    return _moved(row, CardState.CANCEL_ASKED, CardCancelAsked, actor, at)


@transaction.atomic
def confirm_cancel(*, key: str, version: int, actor: Actor, at: datetime) -> CardView:
    """The second person takes the card back; whom it was about is told."""
    row = _locked(key, version, actor, rules.CONFIRM)
    row.cancelled_by, row.cancelled_at = actor.reference, at
    view = _moved(row, CardState.CANCELLED, CardCancelled, actor, at)
    _tell(row, _holders(row, at), "card-cancelled", at)
    return view


@transaction.atomic
def decline_cancel(*, key: str, version: int, actor: Actor, at: datetime) -> CardView:
    """The second person lets the card stand."""
    row = _locked(key, version, actor, rules.DECLINE)
    back = CardState.EXPLAINED if row.explained_by else CardState.ISSUED
    row.cancel_asked_by, row.cancel_asked_as_head = "", False
    return _moved(row, back, CardCancelDeclined, actor, at)


def escalate(*, at: datetime) -> int:
    """Red cards nobody explained go to the next superior, one level every so many working days."""
    raised, after = 0, 0
    while True:
        waiting = Card.objects.filter(state=CardState.ISSUED, colour=Colour.RED, id__gt=after)
        keys = list(waiting.filter(level__lt=rules.HIGHEST).order_by("id")[:_BATCH])
        for row in keys:
            raised += _raise(row.pk, at)
        if len(keys) < _BATCH:
            return raised
        after = keys[-1].pk


def _raise(pk: int, at: datetime) -> int:
    with transaction.atomic():
        row = Card.objects.select_for_update().get(pk=pk)
        days = clocks.get_calendar().working_days_between(legal_date(row.issued_at), legal_date(at))
        level = rules.level_after(working_days=days, after=settings.CARD_RAISED_AFTER)
        if row.state != CardState.ISSUED or level <= row.level:
            return 0
        row.level, row.version = level, row.version + 1
        row.save(update_fields=["level", "version"])
        _announce(row, CardRaised, _CLOCK, at, level=level)
        _tell(row, _superiors(row, at), "card-raised", at)
    return 1


def _locked(key: str, version: int, actor: Actor, act: str) -> Card:
    row = Card.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise VersionConflict
    if act not in queries.acts_of(row, actor):
        raise NotAllowed(
            "这张牌不能由您这样办。", "撤销要由两个人来定，其中一位是负责人，都不是当事人。"
        )
    return row


def _moved(
    row: Card, state: CardState, event: type[CardEvent], actor: Actor, at: datetime
) -> CardView:
    row.state, row.version = state, row.version + 1
    row.save()
    _announce(row, event, actor, at)
    return queries.get_card(row.key, actor)


def _announce(
    row: Card, event: type[CardEvent], actor: Actor, at: datetime, **more: str | int
) -> None:
    fact = event(
        subject=row.reference,
        at=at,
        about=row.subject,
        colour=row.colour,
        matter=row.matter,
        division_code=row.division_code,
        department=row.department,
        **more,
    )
    journal.announce(fact, actor=actor)


def _holders(row: Card, at: datetime) -> dict[str, str]:
    """Who is told first: reference → person, "" when unknown."""
    heads = _of_body(row, (Role.HEAD,), at)
    if row.matter.startswith(
        "data-"
    ):  # the data officers hear of it by the notices of their office
        return _by_reference(heads)
    if row.official:
        own = [one for one in _of_body(row, tuple(Role), at) if one.reference == row.official]
        return _by_reference([*own, *heads])
    return _by_reference([*_of_body(row, (Role.HANDLER, Role.APPROVER), at), *heads])


def _superiors(row: Card, at: datetime) -> dict[str, str]:
    """The leaders of the body's place, or of the place above where the card has come that far."""
    places = lineage(row.division_code)
    place = places[min(row.level - 1, len(places) - 1)]
    return _by_reference(identity.list_leaders(division_code=place, at=at))


def _of_body(row: Card, roles: Iterable[Role], at: datetime) -> tuple[Colleague, ...]:
    return identity.list_colleagues(
        division_code=row.division_code, department=row.department, roles=tuple(roles), at=at
    )


def _by_reference(people: Iterable[Colleague]) -> dict[str, str]:
    return {one.reference: one.person for one in people}


def _tell(row: Card, people: dict[str, str], template: str, at: datetime) -> None:
    """In the inbox of each official, and by short message where his telephone is known."""
    values = {
        "title": f"{COLOUR_LABELS[row.colour]}：{MATTER_LABELS[row.matter.partition(':')[0]]}",
        "due_on": f"{row.due_on.year}年{row.due_on.month}月{row.due_on.day}日",
        "reason": row.basis or "本单位的时限",
        "link": f"{settings.PUBLIC_ADDRESS}/desk/cards/{row.key}/",
    }
    for who, person in people.items():
        messages.tell(
            recipient=who,
            template=template,
            values=values,
            subject=row.subject,
            at=at,
        )
        phone = libraries.find_phone(person) if person else None
        if phone:
            words = message_queries.get_sms_text(template, values)
            messages.write_sms(phone=phone, text=words, at=at)


def _text(given: str, what: str) -> str:
    text = given.strip()
    if not 0 < len(text) <= LONGEST_TEXT:
        raise InvalidInput(f"{what}要写，不超过 {LONGEST_TEXT} 字。", f"请写明{what}。")
    return text
