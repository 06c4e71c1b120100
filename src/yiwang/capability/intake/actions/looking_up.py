"""Keeping what registers said about persons and firms somebody named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from yiwang.capability.intake import queries
from yiwang.capability.intake.actions import rows
from yiwang.capability.intake.definitions import DraftView, LookedUp, Named, Said
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ

#: A draft remembers the newest of so many names; a form with a full group names twenty.
MOST_KEPT: Final = 60


class NotLookedUp(Refusal):
    """Somebody the form names has not been looked up; ``journey.submit`` does it and goes on."""

    sentence = "表里填的人或单位还没有和登记核对。"
    remedy = "请再点一次提交。"


def keep_looked_up(
    *,
    draft_key: str,
    named: Sequence[Named],
    told: Mapping[str, LookedUp],
    actor: Actor,
    at: datetime,
) -> DraftView:
    """Put what the registers said into the draft, with a journal entry for everyone looked up.

    Looking at somebody else's record is a READ with its purpose, which that person can see — also
    when name and number did not agree and nothing was shown. Refuses NotFound, AlreadyHandedIn.
    """
    draft = rows.lock(draft_key, actor, at)
    if not told:
        return queries.view_of(draft)
    kept = {key: one for key, one in (draft.looked_up or {}).items() if key not in told}
    for key, one in told.items():
        kept[key] = {
            "said": one.said.value,
            "source_label": one.source_label,
            "at": one.at.isoformat(),
            "remark": one.remark,
        }
    newest = dict(list(kept.items())[-MOST_KEPT:])
    rows.keep(draft, at, looked_up=newest)
    record_looked_up(subject=f"draft:{draft.key}", named=named, told=told, actor=actor, at=at)
    return queries.view_of(draft)


def record_looked_up(
    *,
    subject: str,
    named: Sequence[Named],
    told: Mapping[str, LookedUp],
    actor: Actor,
    at: datetime,
) -> None:
    """One journal entry for everyone who was looked up for a draft or a case."""
    for who in named:
        _record(subject, who, told[who.key], actor, at)


def _record(subject: str, who: Named, told: LookedUp, actor: Actor, at: datetime) -> None:
    said = told.said.value
    if told.about.startswith("person:") and told.about != actor.reference:
        seen = "" if told.said is Said.AGREES else "（没有对上，没有给看）"
        journal.record(
            actor=actor,
            act=READ,
            subject=told.about,
            at=at,
            purpose=f"核对申请表里的{who.field.spoken}{seen}",
            result=said,
            facts={subject.partition(":")[0]: subject, "field": who.place},
        )
    else:
        journal.record(
            actor=actor,
            act="intake.look_up",
            subject=subject,
            at=at,
            facts={"field": who.place, "said": said},
        )
