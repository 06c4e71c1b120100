"""A resource our body is still writing about, one open to everybody, a datum somebody calls wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions.codes import KEEPERS
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
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


def make_correction(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A datum of which our body is the source, called wrong; and a copy our body has, to follow another."""
    _sources(department, at)
    firm = owner.applicant.startswith("organization:")
    element = "licence.content" if firm else "person.allowance"
    number = (
        libraries.get_organization(owner.applicant).uscc
        if firm
        else libraries.find_citizen_id(owner.applicant) or ""
    )
    grant = Grant(Role.DATA_OFFICER, places.CHENGGUAN, department)
    officer = Actor(ActorKind.OFFICIAL, "official:sweep-data", grants=(grant,))
    keys = []
    for _ in range(2):
        made = actions.report_error(
            element=element, about=number, wrong="权限检查", right="", actor=officer, at=at
        )
        keys.append(made.key)
        if len(keys) == 1:
            actions.correct(key=made.key, version=1, answer="权限检查", actor=officer, at=at)
    (copy,) = queries.get_correction(keys[0], officer, at=at).copies
    thing = Thing(keys[1], owner.applicant, places.CHENGGUAN, department, _KEEPERS)
    return {"correction": thing, "correction_copy": replace(thing, key=copy.key, owner="")}


def _sources(department: str, at: datetime) -> None:
    """One resource that is the source of two data, one that has copies of them."""
    if queries.find_source_of("person.allowance") is not None:
        return
    base = sample.content(sample.ALLOWANCES, provider=department)
    first = base.items[0]
    items = (first, replace(first, name="licence", label="证照", element="licence.content"))
    sample.publish(replace(base, code="301008/1", items=items), at=at)
    copies = tuple(replace(one, authoritative=False) for one in items)
    sample.publish(replace(base, code="301008/2", items=copies), at=at)
