"""Resources for tests, for other modules' samples and for the sample province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction

from yiwang.foundation.privacy.definitions import Mask
from yiwang.foundation.resources import actions, queries, rules
from yiwang.foundation.resources.definitions import (
    Content,
    Cycle,
    Format,
    Kind,
    ResourceState,
    ResourceView,
    Sharing,
    VersionView,
)
from yiwang.foundation.resources.events import ResourcePublished
from yiwang.foundation.resources.models import Resource, ResourceItem
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places

_FILE: Final = Path(__file__).parent / "data" / "sample.yaml"
WRITER: Final = machine("sample")
CHECKER: Final = machine("sample-approver")
POPULATION: Final = "101001/000001"
FIRMS: Final = "102001/000001"
LICENCES: Final = "105002/000001"
ACCOUNTS: Final = "305001/000001"
ALLOWANCES: Final = "301001/000001"
REAL_ESTATE: Final = "306001/000001"
PENALTIES: Final = "302002/000001"
REPORTERS: Final = "302001/000001"  # not shared


@cache
def _shipped() -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return rows


def contents(*, division_code: str = places.CHENGGUAN) -> tuple[Content, ...]:
    """The shipped resources, written for the bodies of one county."""
    found = []
    for row in _shipped():
        provider = places.department_uscc(division_code, row["provider"])
        content, wrong = rules.read_content({**row, "provider": provider})
        if wrong:
            raise InvalidInput(fields=wrong)
        found.append(content)
    return tuple(found)


def content(which: str = POPULATION, **changes: Any) -> Content:
    """One shipped resource, changed as a test needs it."""
    found = next(one for one in contents() if one.code == which)
    return replace(found, **changes)


@transaction.atomic
def publish(given: Content, *, at: datetime) -> ResourceView:
    """Written, handed in and published by two machines; places and laws must be loaded."""
    draft = actions.write(content=given, actor=WRITER, at=at)
    handed = handed_in(draft, actor=WRITER, at=at)
    return actions.publish(key=handed.key, version=handed.version, actor=CHECKER, at=at)


@transaction.atomic
def grade(code: str, grades: Mapping[str, int], *, at: datetime, mask: Mask = Mask.NONE) -> None:
    """A resource is in force whose items have these grades, without its way there; told to who hears it."""
    said = Content(
        code=code, name="示例资源", kind=Kind.BASE, provider="11620000MB1000001X",
        summary="示例", format=Format.DATABASE, sharing=Sharing.CONDITIONAL, cycle=Cycle.DAILY,
    )  # fmt: skip
    given = {
        "name": "示例资源", "kind": "BASE", "department": "11620000MB1000001X",
        "department_name": "甘肃省公安厅（示例）", "division_code": "620000000000",
        "sharing": "CONDITIONAL", "opening": "NONE", "data_class": "GENERAL",
        "grade": max(grades.values()), "state": ResourceState.PUBLISHED, "content": said.as_data(),
        "number": 1, "published_at": at,
    }  # fmt: skip
    row, _new = Resource.objects.update_or_create(code=code, defaults=given)
    row.items.all().delete()
    ResourceItem.objects.bulk_create(
        ResourceItem(
            resource=row, position=number, name=name, label=name, kind="TEXT", length=100,
            grade=level, mask=mask, authoritative=False,
        )
        for number, (name, level) in enumerate(grades.items())
    )  # fmt: skip
    fact = ResourcePublished(
        subject=row.reference, at=at, number=1, sharing=row.sharing, resource=row.key,
        code=row.code, provider=row.department, division_code=row.division_code,
    )  # fmt: skip
    journal.announce(fact, actor=WRITER)


def handed_in(draft: VersionView, *, actor: Actor, at: datetime) -> VersionView:
    """Put before the head by who wrote it; he consents, and the authority has it."""
    asked = actions.submit(
        key=draft.key,
        version=draft.version,
        assessment="不涉密；个人信息按最小必要提供",
        actor=actor,
        at=at,
    )
    head = WRITER
    if actor.kind is ActorKind.OFFICIAL:
        place = actor.grants[0]
        head = _official("sample-head", Grant(Role.HEAD, place.division_code, place.department))
    return actions.consent(key=asked.key, version=asked.version, actor=head, at=at)


def publish_all(*, at: datetime) -> tuple[ResourceView, ...]:
    """Every shipped resource that is not in force yet, for the sample province and for tests of lists."""
    known = {row.code for row in queries.list_resources(WRITER, limit=200).rows if row.number}
    return tuple(publish(one, at=at) for one in contents() if one.code not in known)


def officer(name: str = "data", *, serial: int = 7, division_code: str = places.CHENGGUAN) -> Actor:
    """A data officer of one sample body."""
    body = places.department_uscc(division_code, serial)
    return _official(name, Grant(Role.DATA_OFFICER, division_code, body))


def authority(name: str = "authority", *, division_code: str = places.CHENGGUAN) -> Actor:
    """Who checks and publishes in one sample county."""
    return _official(name, Grant(Role.DATA_AUTHORITY, division_code, None))


def _official(name: str, grant: Grant) -> Actor:
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "王", grants=(grant,))
