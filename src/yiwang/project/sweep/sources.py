"""A source our body declared, and a query it published from it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from yiwang.foundation.datasources import actions, sample
from yiwang.foundation.datasources.definitions import OFFICERS
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Datum
from yiwang.foundation.standards.definitions import ElementType
from yiwang.foundation.tables import sample as tables
from yiwang.foundation.tables.definitions import OPERATORS
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing


def make_source(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """For the body's data officer and its head, nobody else."""
    del owner
    officer = sample.officer("sweep", department=department)
    view = sample.published(sample.query(f"sweep-{new_key()}"), actor=officer, at=at)
    roles = frozenset(OFFICERS)
    copy = tables.copy(department=department, division_code=places.CHENGGUAN, at=at)
    return {
        "data_source": Thing(view.source.key, "", places.CHENGGUAN, department, roles),
        "data_drop": Thing(_drop(officer, department, at), "", places.CHENGGUAN, department, roles),
        "table_copy": Thing(copy.key, "", places.CHENGGUAN, department, roles | set(OPERATORS)),
        "table_finding": Thing(
            copy.findings.get().key, "", places.CHENGGUAN, department, roles | set(OPERATORS)
        ),
        "data_query": Thing(view.key, "", places.CHENGGUAN, department, roles),
    }


def _drop(officer: Actor, department: str, at: datetime) -> str:
    """A file for a resource of the body, checked and not taken."""
    content = resources.content(
        resources.ALLOWANCES,
        code=f"301008/{secrets.randbelow(10**9)}",
        provider=department,
        items=(Datum("no", "编号", ElementType.TEXT, 20, 2),),
    )
    resources.publish(content, at=at)
    view = actions.check_drop(
        resource=content.code, data="编号\nA1\n".encode(), filename="a.csv", actor=officer, at=at
    )
    return view.key
