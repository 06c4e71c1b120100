"""One step of a request or a grant: the row locked, the side found, the table asked, the note kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import LONGEST_TEXT, Side
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states import rules as tables
from yiwang.mechanisms.states.definitions import Machine

_NO_ROLE: Final = "这一步要由{who}来办。"


def locked_request(key: str, actor: Actor) -> DataRequest:
    """One request the actor may see, locked; ``NotFound``."""
    row = DataRequest.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    return row


def locked_grant(key: str, actor: Actor) -> DataGrant:
    """One grant the actor may see, locked; ``NotFound``."""
    row = (
        DataGrant.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=key).first()
    )
    if row is None:
        raise NotFound
    return row


def move(
    row: DataRequest | DataGrant,
    *,
    machine: Machine,
    act: str,
    version: int,
    actor: Actor,
    at: datetime,
    words: str = "",
    must_say: str = "",
    changes: Mapping[str, object] | None = None,
) -> Side:
    """Take one act as the side whose it is; ``must_say``: what the words are, where they must be there.

    Refusals: ``NotAllowed`` (another side's), ``CannotDo``, ``VersionConflict``, ``InvalidInput``.
    """
    held, facts = queries.sides_of(row, actor), queries.facts_of(row, at)
    side = _side(row.state, machine, act, held, facts)
    said = _said(words, must_say)
    note = {
        "at": at.isoformat(),
        "from": row.state,
        "act": act,
        "who": actor.reference,
        "side": side,
        "words": said,
    }
    states.move(
        row,
        machine=machine,
        act=act,
        role=side,
        version=version,
        facts=facts,
        changes={"notes": [*row.notes, note], **(changes or {})},
    )
    return side


def _side(
    state: str, machine: Machine, act: str, held: Collection[Side], facts: Mapping[str, bool]
) -> Side:
    """As what somebody of several parts acts: the one it is open to, else any whose act it is."""
    theirs = {role for one in machine.transitions if one.act == act for role in one.roles}
    mine = [side for side in Side if side in held and side in theirs]
    if not mine:
        names = "、".join(queries.SIDE_LABELS[side] for side in Side if side in theirs)
        raise NotAllowed(_NO_ROLE.format(who=names), "请交给该办的人。")
    for side in mine:
        if act in tables.allowed_acts(machine, state=state, role=side, facts=facts):
            return side
    return mine[0]


def _said(words: str, must_say: str) -> str:
    said = words.strip()
    if must_say and not said:
        problem = FieldProblem("words", f"还没有写{must_say}", "，请写明")
        raise InvalidInput(fields=[problem])
    if len(said) > LONGEST_TEXT:
        problem = FieldProblem("words", f"超过 {LONGEST_TEXT} 字", "，请精简")
        raise InvalidInput(fields=[problem])
    return said
