"""A resource our body is still writing about, and one that is open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from yiwang.foundation.resources import actions, sample
from yiwang.foundation.resources.definitions.codes import KEEPERS
from yiwang.kernel.actor import Actor, machine
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing

_KEEPERS: Final = frozenset(KEEPERS)
_SWEEP: Final = machine("sweep")


def make_resource(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A draft of the body: for its data officer and for the authority of the place, nobody else."""
    number = int(owner.applicant.encode().hex()[-6:], 16)
    content = replace(
        sample.content(sample.ALLOWANCES),
        code=f"301009/{number}",
        provider=department,
        items=tuple(
            replace(one, authoritative=False) for one in sample.content(sample.ALLOWANCES).items
        ),
    )
    draft = actions.write(content=content, actor=_SWEEP, at=at)
    thing = Thing(draft.resource, "", places.CHENGGUAN, department, _KEEPERS)
    return {
        "resource": thing,
        "resource_version": replace(thing, key=draft.key),
        "open_resource": Thing(_open(number, at), public=True),
    }


def _open(number: int, at: datetime) -> str:
    firms = sample.content(sample.FIRMS)
    items = tuple(replace(one, authoritative=False) for one in firms.items)
    return sample.publish(replace(firms, code=f"102009/{number}", items=items), at=at).key
