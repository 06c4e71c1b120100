"""Disputes climb: the two talk, the sharing authority, the common superior, the government (条例 28)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.actions.answering import begin_delivery
from yiwang.foundation.agreements.actions.moving import locked_request, move
from yiwang.foundation.agreements.actions.telling import announce
from yiwang.foundation.agreements.definitions import (
    DISPUTE,
    DISPUTE_WITHIN,
    REQUEST,
    Act,
    RequestView,
)
from yiwang.foundation.agreements.events import DisputeClimbed, DisputeOpened, DisputeSettled
from yiwang.foundation.agreements.models import DataRequest
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import actions as clocks


@transaction.atomic
def dispute(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """Who asked does not accept the refusal and says why: first the two talk."""
    row = locked_request(key, actor)
    _move(row, Act.DISPUTE, version, words, actor, at)
    clocks.start(subject=row.reference, kind=DISPUTE, allowance=DISPUTE_WITHIN, at=at, actor=actor)
    announce(row, DisputeOpened, actor, at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def climb(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """No agreement here: either side takes it one step up."""
    row = locked_request(key, actor)
    _move(row, Act.CLIMB, version, words, actor, at)
    clocks.stop(subject=row.reference, kind=DISPUTE, at=at, actor=actor)
    clocks.restart(
        subject=row.reference, kind=DISPUTE, allowance=DISPUTE_WITHIN, at=at, actor=actor
    )
    announce(row, DisputeClimbed, actor, at, state=row.state)
    return queries.request_view(row, actor, at)


@transaction.atomic
def settle_yes(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The data are to be shared: agreed in talks, or found so above; the delivery clock runs."""
    row = locked_request(key, actor)
    _move(row, Act.SETTLE_YES, version, words, actor, at, answer_yes=True, agreed_at=at)
    _settled(row, actor, at, shared=True)
    begin_delivery(row, actor, at)
    return queries.request_view(row, actor, at)


@transaction.atomic
def settle_no(*, key: str, version: int, words: str, actor: Actor, at: datetime) -> RequestView:
    """The refusal stands: accepted in talks, or found so above."""
    row = locked_request(key, actor)
    _move(row, Act.SETTLE_NO, version, words, actor, at, closed_at=at)
    _settled(row, actor, at, shared=False)
    return queries.request_view(row, actor, at)


def _settled(row: DataRequest, actor: Actor, at: datetime, *, shared: bool) -> None:
    clocks.stop(subject=row.reference, kind=DISPUTE, at=at, actor=actor)
    announce(row, DisputeSettled, actor, at, shared=shared)


def _move(
    row: DataRequest,
    act: Act,
    version: int,
    words: str,
    actor: Actor,
    at: datetime,
    **changes: object,
) -> None:
    move(
        row,
        machine=REQUEST,
        act=act,
        version=version,
        actor=actor,
        at=at,
        words=words,
        must_say="情况和理由",
        changes=changes,
    )
