"""A service of the node, a calling system of our body, and a key of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings

from yiwang.foundation.exchange import queries, sample
from yiwang.foundation.exchange.definitions import SYSTEM_READERS
from yiwang.kernel.actor import Actor, machine
from yiwang.kernel.references import new_key
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing

SERVICE: Final = "sweep-register"


def prepare(*, at: datetime) -> None:
    """What every integrator may look at."""
    sample.service(
        f"{settings.NODE}/{SERVICE}",
        upstream="https://data.example.org/sweep",
        private_ok=False,
        at=at,
    )


def make_system(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """For the body's data officer and its head, and whoever runs the node."""
    del owner
    code = f"{settings.NODE}/{new_key().lower().replace('_', '-')}"
    issued = sample.system(code, department=department, at=at)
    (system,) = (
        one for one in queries.list_systems(machine("sweep"), limit=200) if one.code == code
    )
    thing = Thing(system.key, "", places.CHENGGUAN, department, frozenset(SYSTEM_READERS))
    return {
        "exchange_system": thing,
        "exchange_key": Thing(
            issued.key_id, "", places.CHENGGUAN, department, frozenset(SYSTEM_READERS)
        ),
    }
