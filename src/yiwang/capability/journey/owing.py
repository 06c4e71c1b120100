"""后补: a source that was away is asked again after handing in; when it answers, the case is checked anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions.flow import table_code
from yiwang.capability.cases.definitions.profiles import State
from yiwang.capability.cases.queries import Inside
from yiwang.capability.journey import facts
from yiwang.capability.journey.events import CaseCheckedAgain
from yiwang.capability.materials import actions as materials
from yiwang.capability.materials import queries as material_queries
from yiwang.capability.materials.definitions import MaterialView
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import split
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.rulings import actions as rulings

#: A source that was away is left alone so long.
PEACE: Final = timedelta(minutes=4)
_SECONDS: Final = 5.0
#: A case in one of these may still be decided either way.
_OPEN: Final = (State.WITH_OFFICIAL, State.ACCEPTED, State.IN_REVIEW)


def fetch_owed(*, actor: Actor, at: datetime) -> None:
    """Ask once more for every material a source was away for; a case that is over is not asked for."""
    for owed in material_queries.list_pending(before=at - PEACE):
        inside = case_queries.get_inside(split(owed.subject)[1])
        if inside.ended:
            with transaction.atomic():
                materials.stop_owing(subject=owed.subject, actor=actor, at=at)
        else:
            _ask_again(owed, inside, actor, at)


def _ask_again(owed: MaterialView, inside: Inside, actor: Actor, at: datetime) -> None:
    told = material_queries.ask_again(
        owed, item=inside.item_code, case_no=inside.case_no, limit_seconds=_SECONDS, at=at
    )
    [answer] = materials.store_fetched([told], actor=actor, at=at)
    with transaction.atomic():
        arrived = materials.keep_owed(
            subject=owed.subject, material=owed.material, answer=answer, actor=actor, at=at
        )
        if arrived and not material_queries.owes(subject=owed.subject):
            jobs.defer(task="journey.check_again", case=inside.key)


def check_again(*, case_key: str, actor: Actor, at: datetime) -> None:
    """Ask the item's decision table once more; what it says lies on the case before the official.

    The case stays with the official whose work it has become. Does nothing where no table decides,
    where the applicant wants a person, and when the case has been decided.
    """
    inside = case_queries.get_inside(case_key)
    flow = case_queries.get_flow(inside.item_code, inside.item_version, inside.profile)
    if inside.state not in _OPEN or flow.ruling is None or inside.by_person:
        return
    about = (
        None if facts.identity_differs(inside) else facts.person_about(inside, flow.ruling.about)
    )
    if about is None:
        return
    inputs = facts.gather(flow.ruling, inside, about=about, at=at)
    try:
        with transaction.atomic():
            ruling = rulings.rule(
                subject=inside.reference,
                table=table_code(inside.item_code, flow.ruling.table),
                table_version=inside.item_version,
                inputs=inputs,
                at=at,
                actor=actor,
            )
            told = CaseCheckedAgain(subject=inside.reference, at=at, outcome=ruling.outcome)
            journal.announce(told, actor=actor)
    except Refusal as refusal:  # a source is away again: the official goes on without
        with transaction.atomic():
            journal.record(
                actor=actor,
                act="cases.rule_unavailable",
                subject=inside.reference,
                at=at,
                result=refusal.code,
            )
