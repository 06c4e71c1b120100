"""Who may act for whom now; asked at every request of somebody who does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet

from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, ActorKind, Power, PowerAct
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.refusals import InvalidInput, NotFound
from yiwang.support.mandates import rules
from yiwang.support.mandates.definitions import (
    KIND_LABELS,
    STANDING_LABELS,
    BeyondMandate,
    ConsentKind,
    MandateKind,
    MandateOver,
    MandateView,
    Standing,
)
from yiwang.support.mandates.models import Mandate

#: At the window the clerk has the person and the document before him.
_PRESENT_LEVEL = 5
_MOST = 200


def find_mandate(
    *, taker: str, giver: str, item_code: str, act: PowerAct, at: datetime
) -> MandateView | None:
    """A mandate by which one may take this act for the other now; None when there is none."""
    rows = _in_force(at).filter(taker=taker, giver=giver).exclude(kind=MandateKind.COUNTER)
    for row in rows.order_by("-valid_until", "id")[:_MOST]:
        if row.power.covers(act, item_code) and libraries.still_exists(giver):
            return view_of(row, at)
    return None


def acting_for(*, actor: Actor, mandate_key: str, at: datetime) -> Actor:
    """The same human, acting for the giver within the mandate and with no grant of his own.

    Refusals: ``NotFound`` for another's mandate, ``MandateOver``.
    """
    row = Mandate.objects.filter(key=mandate_key, taker=actor.reference).first()
    if row is None or (actor.mandate is not None and actor.mandate.mandate != row.key):
        raise NotFound
    if not is_in_force(row, at):
        raise MandateOver
    return _for_giver(actor, row, row.power)


def carry(actor: Actor, mandate_key: str, *, at: datetime) -> Actor:
    """What becomes of a session or token that was opened under a mandate: it acts for the giver, and
    once the mandate is over it may do nothing at all."""
    row = Mandate.objects.filter(key=mandate_key, taker=actor.reference).first()
    if row is None:
        return replace(actor, grants=(), mandate=Power(mandate_key, frozenset(), frozenset()))
    power = row.power
    if not is_in_force(row, at):
        power = replace(power, items=frozenset(), acts=frozenset())
    return _for_giver(actor, row, power)


def _for_giver(actor: Actor, row: Mandate, power: Power) -> Actor:
    level = _PRESENT_LEVEL if row.kind == MandateKind.COUNTER else actor.assurance_level
    return replace(
        actor,
        kind=ActorKind.PERSON,
        on_behalf_of=row.giver,
        grants=(),
        mandate=power,
        assurance_level=level,
    )


def insist(actor: Actor, act: PowerAct, item_code: str) -> None:
    """Before an act on an item; ``MandateOver``, ``BeyondMandate``. Nothing to ask without a mandate."""
    if actor.mandate is not None and actor.mandate.over:
        raise MandateOver
    if not actor.may(act, item_code):
        raise BeyondMandate


def insist_on_oneself(actor: Actor) -> None:
    """What nobody does for another; ``BeyondMandate``."""
    if actor.mandate is not None:
        raise BeyondMandate("这件事要由本人办理，不能代办。", "请本人登录后办理。")


def get_mandate(key: str, actor: Actor, *, at: datetime) -> MandateView:
    """One mandate of one's own, given or taken; ``NotFound``."""
    row = Mandate.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return view_of(row, at)


def preview(
    *,
    kind: MandateKind,
    giver: str,
    taker: str,
    items: Mapping[str, str] | None,
    acts: Collection[PowerAct],
    valid_until: datetime,
    actor: Actor,
    at: datetime,
) -> str:
    """The text the giver is about to consent to. ``InvalidInput`` as ``actions.propose`` says it."""
    wrong = rules.problems(
        kind=kind, giver=giver, taker=taker, items=items, acts=acts, valid_until=valid_until, at=at
    )
    if wrong:
        raise InvalidInput(fields=wrong)
    if actor.applicant != giver:
        raise NotFound
    return rules.text_of(
        giver=libraries.get_name(giver),
        taker=libraries.get_name(taker),
        items=items,
        acts=acts,
        valid_from=at,
        valid_until=valid_until,
    )


def list_given(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50
) -> Page[MandateView]:
    """What the actor (or his firm) gave or is asked to give, newest first; without windows."""
    return _page(actor, Q(giver=actor.applicant) & ~Q(kind=MandateKind.COUNTER), at, after, limit)


def list_taken(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50
) -> Page[MandateView]:
    """What others gave the actor or offer him, newest first."""
    return _page(actor, Q(taker=actor.reference) & ~Q(kind=MandateKind.COUNTER), at, after, limit)


def list_papers(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50, waiting: bool = True
) -> Page[MandateView]:
    """Mandates on paper of one's body that wait for the second official, or all; newest first."""
    which = Q(consented_at=None, revoked_at=None) if waiting else Q()
    rows = Mandate.objects.on_paper_of(actor).filter(which)
    return _paged(rows, at, after, limit)


def list_usable(actor: Actor, *, at: datetime) -> tuple[MandateView, ...]:
    """For the switch: those the actor may act by now."""
    return list_usable_by(actor.reference, at=at)


def find_under(key: str) -> str:
    """By which mandate the person at a window acts for somebody absent; "" for himself."""
    return Mandate.objects.filter(key=key).values_list("under", flat=True).first() or ""


def list_usable_by(taker: str, *, at: datetime) -> tuple[MandateView, ...]:
    """Those somebody may act by now; the caller has him before him."""
    rows = _in_force(at).filter(taker=taker).exclude(kind=MandateKind.COUNTER)
    return tuple(view_of(row, at) for row in rows.order_by("-id")[:20])


def find_counter(official: str, *, at: datetime) -> MandateView | None:
    """Whom a clerk acts for at his window now."""
    row = _in_force(at).filter(taker=official, kind=MandateKind.COUNTER).first()
    return view_of(row, at) if row else None


def list_people(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Mandate → (giver's name, taker's name), for pages whose rights were checked."""
    rows = Mandate.objects.filter(key__in=set(keys))
    return {row.key: (row.words["giver"], row.words["taker"]) for row in rows}


def is_in_force(row: Mandate, at: datetime) -> bool:
    """Agreed, not over, and the giver is there (民法典 第一百七十三条); at a window also the mandate the
    person present acts by."""
    if _standing(row, at) is not Standing.IN_FORCE or not libraries.still_exists(row.giver):
        return False
    return not row.under or _in_force(at).filter(key=row.under).exists()


def _in_force(at: datetime) -> QuerySet[Mandate]:
    return Mandate.objects.filter(
        consented_at__lte=at, accepted_at__lte=at, revoked_at=None, valid_until__gt=at
    )


def _page(actor: Actor, which: Q, at: datetime, after: str, limit: int) -> Page[MandateView]:
    return _paged(Mandate.objects.visible_to(actor).filter(which), at, after, limit)


def _paged(rows: QuerySet[Mandate], at: datetime, after: str, limit: int) -> Page[MandateView]:
    if after:
        last = rows.filter(key=after).values_list("id", flat=True).first()
        if last is None:
            raise NotFound
        rows = rows.filter(id__lt=last)
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(view_of(row, at) for row in shown), following)


def _standing(row: Mandate, at: datetime) -> Standing:
    return rules.standing(
        at=at,
        valid_until=row.valid_until,
        proposed_at=row.proposed_at,
        consent_kind=row.consent_kind,
        consented_at=row.consented_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
    )


def view_of(row: Mandate, at: datetime) -> MandateView:
    """A row as its parties see it (for this module's actions)."""
    words = row.words
    acts = tuple(PowerAct(act) for act in row.acts)
    stands = _standing(row, at)
    return MandateView(
        key=row.key,
        reference=row.reference,
        kind=MandateKind(row.kind),
        kind_label=KIND_LABELS[row.kind],
        giver=row.giver,
        giver_name=words["giver"],
        taker=row.taker,
        taker_name=words["taker"],
        items=words["items"],
        acts=acts,
        acts_label=rules.acts_label(acts),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        consent_kind=ConsentKind(row.consent_kind) if row.consent_kind else None,
        consented_at=row.consented_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        standing=stands,
        standing_label=STANDING_LABELS[stands],
        text=words["text"],
        note=words["note"],
        proof_file=row.proof_file,
    )
