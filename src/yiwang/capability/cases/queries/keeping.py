"""What keeps a case from going on, and its time account."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import rules
from yiwang.capability.cases.definitions import BlockRow, HolderKind, Keeper, TimeAccount
from yiwang.capability.cases.models import Case
from yiwang.capability.cases.queries.standing import end_of, first_keeper
from yiwang.mechanisms.clocks import queries as clocks


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
    rows = list(row.holdings.order_by("id")) if row.held_since is not None else []
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
