"""What stands beside a case: blocks, its time account, opinions, stretches outside the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import (
    BlockRow,
    HolderKind,
    Keeper,
    OpinionRow,
    PhraseRow,
    SpecialRow,
    TimeAccount,
)
from yiwang.capability.cases.definitions.flow import PLACE_LABELS, SPECIAL_LABELS
from yiwang.capability.cases.models import Case, CaseHolding, OpinionPhrase, SpecialProcedure
from yiwang.capability.cases.queries.standing import end_of, first_keeper
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.statements import prepared

_SPECIAL: Final = "SELECT {columns} FROM cases_special WHERE case_id = %s ORDER BY id"
_HOLDINGS: Final = "SELECT {columns} FROM cases_holding WHERE case_id = %s ORDER BY id"


def blocks_of(row: Case) -> tuple[BlockRow, ...]:
    """The open blocks, oldest first; no statement for a case without."""
    if not row.decision_blocks and not row.issue_blocks:
        return ()
    return tuple(
        BlockRow(one.stage, one.reason, one.label)
        for one in row.blocks.filter(ended_at=None).order_by("id")
    )


def account_of(row: Case, at: datetime) -> TimeAccount:
    """时间账 from the receipt to now or the end, what lies between an end and a reopening left out."""
    known = row.held_since is not None
    rows = prepared.read(CaseHolding, _HOLDINGS, [row.pk]) if known else []
    held = [
        rules.Held(
            Keeper(HolderKind(one.holder_kind), one.holder, one.label), one.began_at, one.ended_at
        )
        for one in rows
    ]
    if not held or held[0].began_at > row.received_at:
        until = held[0].began_at if held else end_of(row)
        held.insert(0, rules.Held(first_keeper(row), row.received_at, until))
    return rules.account(held, at=at, calendar=clocks.get_calendar())


def opinions_of(row: Case) -> tuple[OpinionRow, ...]:
    """What was written along the chain, oldest first; only for officials of the case."""
    return tuple(
        OpinionRow(
            place=one.place,
            place_label=PLACE_LABELS[one.place],
            act=one.act,
            proposal=one.proposal,
            text=one.text,
            who=one.by_name or one.by,
            post=one.by_post,
            at=one.at,
        )
        for one in row.opinions.order_by("id")
    )


def special_of(row: Case) -> tuple[SpecialRow, ...]:
    """Stretches outside the clock, oldest first."""
    return tuple(
        SpecialRow(
            key=one.key,
            kind=one.kind,
            label=SPECIAL_LABELS[one.kind],
            reason=one.reason,
            began_at=one.began_at,
            expected_on=one.expected_on,
            ended_at=one.ended_at,
            finding=one.finding or "",
        )
        for one in prepared.read(SpecialProcedure, _SPECIAL, [row.pk])
    )


def list_phrases(actor: Actor) -> tuple[PhraseRow, ...]:
    """The phrases this official keeps, in the order he kept them."""
    mine = OpinionPhrase.objects.filter(official=actor.reference).order_by("id")
    return tuple(PhraseRow(one.key, one.text) for one in mine)
