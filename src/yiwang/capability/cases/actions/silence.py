"""What the clock does by itself: accepted by silence, renewed by silence."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases.actions.moving import announce, locked, step
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.definitions.profiles import Step
from yiwang.capability.cases.events import (
    AcceptedBySilence,
    CaseAccepted,
    CaseDecided,
    RenewedBySilence,
)
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.standing import counted_from
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.journal import actions as journal

_RENEWED: Final = "有效期届满前没有作出是否准予延续的决定，依法视为准予延续。"
_ARTICLE_50: Final = {"law": "行政许可法", "article": "第五十条", "text": ""}


def deem_accepted(*, case_key: str, actor: Actor, at: datetime) -> Case:
    """Nothing was told in time: accepted from the day everything was received (行政许可法 32 (4)).

    ``at`` may be later than the day it fell due: what counts is the receipt. Refusals: ``CannotDo``.
    """
    row = locked(case_key, actor)
    since = counted_from(row)
    changes = {"accepted_at": since, "deemed": True}
    step(row, Step.DEEM_ACCEPTED, actor=actor, at=at, changes=changes)
    announce(row, CaseAccepted, actor=actor, at=at)
    announce(row, AcceptedBySilence, actor=actor, at=at, since=since.isoformat())
    return row


def deem_renewed(*, case_key: str, actor: Actor, at: datetime) -> Case:
    """No decision by the end of the old term: renewed from that moment (行政许可法 50).

    A decision record is written like any other; the caller makes the new term. Refusals: ``CannotDo``.
    """
    row = locked(case_key, actor)
    decision = {
        "reason": _RENEWED,
        "conditions": "",
        "basis": [_ARTICLE_50],
        "appeal": [],
        "explanation": [],
    }
    changes = {
        "outcome": Outcome.APPROVE.value,
        "decision": decision,
        "decided_by": actor.reference,
        "decided_at": row.silence_at or at,
    }
    step(row, Step.DEEM_RENEWED, actor=actor, at=at, changes=changes)
    announce(row, CaseDecided, actor=actor, at=at, outcome=Outcome.APPROVE.value, by_rule=False)
    announce(row, RenewedBySilence, actor=actor, at=at, licence=row.content.get("acts_on", ""))
    return row


def end_silence(*, case_key: str, actor: Actor, at: datetime) -> None:
    """What was to be renewed is gone: no decision renews nothing any more, an official decides."""
    row = locked(case_key, actor)
    Case.objects.filter(pk=row.pk).update(silence_at=None)
    journal.record(actor=actor, act="cases.silence_ended", subject=row.reference, at=at)
