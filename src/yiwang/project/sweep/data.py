"""A resource our body is still writing about, one open to everybody, a datum somebody calls wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions.codes import KEEPERS, ON_THE_WAY
from yiwang.foundation.standards import actions as standards
from yiwang.foundation.standards.definitions import About, Element, ElementType
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.network.directory import sample as places
from yiwang.project.sweep.definitions import Thing

_KEEPERS: Final = frozenset(KEEPERS)
_ON_THE_WAY: Final = frozenset(ON_THE_WAY)
_SWEEP: Final = machine("sweep")
_PERSONS, _FIRMS = "person.sweep", "organization.sweep"


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
    change = actions.note_change(
        department=department, cause="LAW", basis="权限检查", what="权限检查",
        happened_on=legal_date(at), actor=_SWEEP, at=at,
    )  # fmt: skip
    thing = Thing(draft.resource, "", places.CHENGGUAN, department, _ON_THE_WAY)
    school = Element(f"thing.sweep_{number}", "权限检查", ElementType.TEXT, 20, About.THING)
    grant = Grant(Role.DATA_OFFICER, places.CHENGGUAN, department)
    officer = Actor(ActorKind.OFFICIAL, "official:sweep-data", grants=(grant,))
    proposed = actions.propose_standard(content=school, actor=officer, at=at)
    return {
        "standard_version": replace(thing, key=proposed.key, readers=_KEEPERS),
        "resource": thing,
        "catalogue_change": replace(thing, key=change.key),
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
    element = _FIRMS if firm else _PERSONS
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
    """Two data of the sweep's own, one resource that is their source, one that has copies of them."""
    if queries.find_source_of(_PERSONS) is not None:
        return
    base = sample.content(sample.ALLOWANCES, provider=department)
    items = []
    for element, about in ((_PERSONS, About.PERSON), (_FIRMS, About.ORGANIZATION)):
        standards.define_element(
            element=Element(element, "权限检查", ElementType.OBJECT, 2000, about),
            actor=_SWEEP,
            at=at,
        )
        items.append(replace(base.items[0], name=element.partition(".")[0], element=element))
    sample.publish(replace(base, code="301008/1", items=tuple(items)), at=at)
    copies = tuple(replace(one, authoritative=False) for one in items)
    sample.publish(replace(base, code="301008/2", items=copies), at=at)
