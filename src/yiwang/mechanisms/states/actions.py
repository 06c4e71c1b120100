"""The one function that changes a state."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models, transaction

from yiwang.kernel.refusals import VersionConflict
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import rules
from yiwang.mechanisms.states.definitions import Machine


def move(
    row: models.Model,
    *,
    machine: Machine,
    act: str,
    role: str,
    version: int,
    facts: Mapping[str, bool],
    changes: Mapping[str, object] | None = None,
) -> str:
    """Move a row (with ``state`` and ``version``) one step along its table; the new state.

    ``version``: what the actor saw. ``changes``: further columns that change with the step. The
    update is conditional on state and version, so of two acts at once one wins.
    Refusals: ``VersionConflict``, ``CannotDo``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a state changes only inside a transaction")
    state, seen = str(row.__dict__["state"]), int(row.__dict__["version"])
    if seen != version:
        raise VersionConflict
    target = rules.next_state(machine, state=state, act=act, role=role, facts=facts)
    columns = {**(changes or {}), "state": target, "version": version + 1}
    seen_row = {"id": row.pk, "state": state, "version": version}
    if prepared.change(type(row), columns, where=seen_row) != 1:
        raise VersionConflict
    for column, value in columns.items():
        setattr(row, column, value)
    return target
