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
    unwritten: dict[str, object] | None = None,
) -> str:
    """Move a row (with ``state`` and ``version``) one step along its table; the new state.

    ``version``: what the actor saw. ``changes``: further columns that change with the step. The
    update is conditional on state and version, so of two acts at once one wins. ``unwritten``: takes
    the columns instead of the table; one act of several steps writes them by ``write``.
    Refusals: ``VersionConflict``, ``CannotDo``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a state changes only inside a transaction")
    state, seen = str(row.__dict__["state"]), int(row.__dict__["version"])
    if seen != version:
        raise VersionConflict
    target = rules.next_state(machine, state=state, act=act, role=role, facts=facts)
    columns = {**(changes or {}), "state": target, "version": version + 1}
    if unwritten is None:
        write(row=row, columns=columns, state=state, version=version)
    else:
        unwritten.update(columns)
    for column, value in columns.items():
        setattr(row, column, value)
    return target


def write(*, row: models.Model, columns: Mapping[str, object], state: str, version: int) -> None:
    """Write what steps changed, if the row still is as it was; ``VersionConflict``."""
    seen = {row._meta.pk.attname: row.pk, "state": state, "version": version}
    if prepared.change(type(row), columns, where=seen) != 1:
        raise VersionConflict
