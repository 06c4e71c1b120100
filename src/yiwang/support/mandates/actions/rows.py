"""What every verb does: make a row, lock one, announce, tell the other side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.mandates import rules
from yiwang.support.mandates.definitions import (
    MOST_STANDING,
    PROPOSAL_LIFE,
    CannotMandate,
    MandateKind,
)
from yiwang.support.mandates.events import MandateEvent, MandateRevoked, MandateTookEffect
from yiwang.support.mandates.models import Mandate
from yiwang.support.messages import actions as messages

_LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a mandate to say. ``items``: code → name as shown; None: every item."""

    kind: MandateKind
    giver: str
    taker: str
    items: Mapping[str, str] | None
    acts: Collection[PowerAct]
    valid_until: datetime
    note: str = ""
    hand: str = ""  # at a window: the name of who is present for the giver


def make(wish: Wish, *, actor: Actor, at: datetime, **columns: object) -> Mandate:
    """A new row, checked whole. ``InvalidInput`` with every problem; ``CannotMandate`` when the giver
    has too many."""
    wrong = rules.problems(
        kind=wish.kind,
        giver=wish.giver,
        taker=wish.taker,
        items=wish.items,
        acts=wish.acts,
        valid_until=wish.valid_until,
        at=at,
    )
    if len(wish.note) > _LONGEST_NOTE:
        wrong = (*wrong, FieldProblem("note", f"最多 {_LONGEST_NOTE} 字。"))
    if wrong:
        raise InvalidInput(fields=wrong)
    _refuse_too_many(wish, at)
    giver, taker = _name_of(wish.giver, actor), _name_of(wish.taker, actor)
    acts = [act for act in PowerAct if act in wish.acts]
    text = rules.text_of(
        giver=giver,
        taker=taker,
        items=wish.items,
        acts=acts,
        valid_from=at,
        valid_until=wish.valid_until,
    )
    items = None if wish.items is None else dict(wish.items)
    return Mandate.objects.create(
        kind=wish.kind,
        giver=wish.giver,
        taker=wish.taker,
        items=None if items is None else sorted(items),
        acts=acts,
        words={
            "giver": giver,
            "taker": taker,
            "items": items,
            "text": text,
            "note": wish.note.strip(),
            "hand": wish.hand,
        },
        valid_from=at,
        valid_until=wish.valid_until,
        proposed_by=actor.reference,
        proposed_at=at,
        **columns,
    )


def _refuse_too_many(wish: Wish, at: datetime) -> None:
    """At most so many may stand or wait for one giver, and for one taker; counted one at a time."""
    if wish.kind is MandateKind.COUNTER:
        return
    with connection.cursor() as cursor:
        for who in sorted({wish.giver, wish.taker}):
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"mandates:{who}"])
    open_rows = Mandate.objects.filter(revoked_at=None, valid_until__gt=at)
    recent = open_rows.exclude(kind=MandateKind.COUNTER).exclude(
        consented_at=None, proposed_at__lte=at - PROPOSAL_LIFE
    )
    for side, who in (("giver", wish.giver), ("taker", wish.taker)):
        if recent.filter(**{side: who})[:MOST_STANDING].count() >= MOST_STANDING:
            raise CannotMandate("授权太多了。", "请先撤回不用的授权。")


def _name_of(who: str, actor: Actor) -> str:
    if who == actor.reference and not who.startswith("person:"):
        return actor.display_name
    if who.startswith("official:"):
        raise NotFound
    if not libraries.still_exists(who):
        raise NotFound("没有找到这个人或单位的登记信息。", "请核对后再试。")
    return libraries.get_name(who)


def locked(key: str, actor: Actor) -> Mandate:
    """The row, locked; ``NotFound`` for who is no party to it."""
    row = Mandate.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def note(act: str, row: Mandate, actor: Actor, at: datetime, **facts: str | None) -> None:
    journal.record(
        actor=actor,
        act=f"mandates.{act}",
        subject=row.reference,
        at=at,
        facts={"kind": row.kind, **facts},
        subjects=[row.giver, row.taker],
    )


def take_effect(row: Mandate, actor: Actor, at: datetime) -> None:
    """Both agreed: from here on one may act for the other."""
    fact = MandateTookEffect(
        subject=row.reference,
        at=at,
        kind=row.kind,
        giver=row.giver,
        taker=row.taker,
        consent=row.consent_kind,
    )
    journal.announce(fact, actor=actor)


def end(row: Mandate, actor: Actor, at: datetime) -> None:
    """It is over from this moment; whatever acts by it may do nothing with its next request."""
    row.revoked_at, row.revoked_by = at, actor.reference
    row.save(update_fields=["revoked_at", "revoked_by"])
    fact = MandateRevoked(
        subject=row.reference,
        at=at,
        kind=row.kind,
        giver=row.giver,
        taker=row.taker,
        by=actor.reference,
    )
    journal.announce(fact, actor=actor)


def tell(row: Mandate, who: str, text: str, at: datetime) -> None:
    """One side learns what the other did; names masked, the rest stands on the page."""
    messages.tell(
        recipient=who,
        template="mandate-changed",
        values={"text": text},
        subject=row.reference,
        at=at,
    )


def announce(row: Mandate, event: type[MandateEvent], actor: Actor, at: datetime) -> None:
    fact = event(subject=row.reference, at=at, kind=row.kind, giver=row.giver, taker=row.taker)
    journal.announce(fact, actor=actor)
