"""Persons and firms an application names, compared with the register while it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.intake.definitions import DraftView, LookedUp, Named, Said
from yiwang.kernel.actor import Actor
from yiwang.support.identity import actions as identity

#: So that nobody learns from a form who is listed: a family fits in, trying numbers does not.
LIMITS: Final = {
    "look-up-hour": (timedelta(hours=1), 20),
    "look-up-day": (timedelta(days=1), 60),
}


def look_up(
    *,
    draft_key: str,
    actor: Actor,
    at: datetime,
    step: str | None = None,
    named: Sequence[Named] | None = None,
) -> DraftView:
    """Ask the registers about everybody the draft (or one step) names and nobody has looked up yet.

    ``named``: exactly these, as they were just typed. The registers are asked outside any
    transaction, a second at most; what they said is kept with its journal entries. Who asks too
    often is told so (``Said.PAUSED``), the register is not asked. Refuses NotFound, AlreadyHandedIn.
    """
    draft = intake_queries.get_draft(draft_key, actor)
    if draft.submitted_case:
        raise intake.AlreadyHandedIn
    wanted = intake_queries.to_look_up(draft, at=at, step=step) if named is None else named
    new = [one for one in wanted if _is_open(draft, one, at)]
    if not new:
        return draft
    told = ask(
        new,
        item=draft.item_code,
        case=draft.reference,
        applicant=draft.applicant,
        actor=actor,
        at=at,
    )
    with transaction.atomic():
        return intake.keep_looked_up(draft_key=draft_key, named=new, told=told, actor=actor, at=at)


def ask(
    named: Sequence[Named],
    *,
    item: str,
    case: str,
    applicant: str,
    actor: Actor,
    at: datetime,
) -> Mapping[str, LookedUp]:
    """What the registers say about these; who asks too often is told so instead. No transaction."""
    allowed, paused = [], dict[str, LookedUp]()
    for one in named:
        if identity.within_pace(actor.reference, limits=LIMITS, at=at):
            allowed.append(one)
        else:
            label = intake_queries.register_label(one.field)
            paused[one.key] = LookedUp(Said.PAUSED, label, at)
    told = intake_queries.ask_registers(allowed, applicant=applicant, item=item, case=case, at=at)
    return {**told, **paused}


def _is_open(draft: DraftView, one: Named, at: datetime) -> bool:
    known = draft.looked_up.get(one.key)
    return known is None or known.is_to_be_asked_again(at)
