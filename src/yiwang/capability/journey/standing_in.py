"""窗口当面代办: the clerk acts for the person present, for one turn, and every act says for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from yiwang.capability.halls.definitions import SessionView
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotAllowed
from yiwang.mechanisms.journal import actions as journal


def begin_to_act(
    *, person: str, organization: str, by_card: bool, actor: Actor, at: datetime
) -> str:
    """From now on, for whoever stands here. ``NotAllowed`` for oneself."""
    if person == actor.person:
        raise NotAllowed("不能在窗口为自己办理。", "请到其他窗口，或用个人账号办理。")
    key = new_key()
    journal.record(
        actor=actor, act="counter.begin_to_act", subject=organization or person, at=at,
        facts={"mandate": key, "by_card": by_card}, subjects=[person],
    )  # fmt: skip
    return key


def act_as(*, session: SessionView, actor: Actor, at: datetime) -> Actor:
    """The clerk, acting for the applicant of his turn."""
    del at
    return replace(
        actor, kind=ActorKind.PERSON, on_behalf_of=session.applicant, grants=(), assurance_level=5
    )


def cease_to_act(*, mandate: str, actor: Actor, at: datetime) -> None:
    """The turn is over."""
    journal.record(actor=actor, act="counter.cease_to_act", subject=f"mandate:{mandate}", at=at)
