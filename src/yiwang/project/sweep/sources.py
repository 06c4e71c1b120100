"""A source our body declared, and a query it published from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.foundation.datasources import sample
from yiwang.foundation.datasources.definitions import OFFICERS
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
    return {
        "data_source": Thing(view.source.key, "", places.CHENGGUAN, department, roles),
        "data_query": Thing(view.key, "", places.CHENGGUAN, department, roles),
    }
