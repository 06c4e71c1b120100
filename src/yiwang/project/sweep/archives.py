"""A package of our body's archive and a list it is on: officials' only, no citizen owns one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.archives import actions as archives
from yiwang.capability.archives import queries
from yiwang.capability.archives import sample as tables
from yiwang.capability.archives.definitions import KEEPERS
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.events import CaseWithdrawn
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import Thing

_KEEPERS: Final = frozenset(KEEPERS)
_SWEEP: Final = machine("sweep")


def make_archive(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A case of the owner, withdrawn, archived, and on a list to be handed over."""
    tables.publish_table(at=at)
    key = _due(owner, department, at)
    while journal.seal(at=at):  # a package needs the numbers of its case's entries
        continue
    archives.build(key=key, actor=_SWEEP, at=at)
    grant = Grant(Role.HANDLER, places.CHENGGUAN, department)
    keeper = Actor(ActorKind.OFFICIAL, "official:sweep-archive", grants=(grant,))
    batch = archives.begin_hand_over(packages=[key], actor=keeper, at=at)
    thing = Thing(key, "", places.CHENGGUAN, department, _KEEPERS)
    return {"archive": thing, "archive_list": replace(thing, key=batch.key)}


@transaction.atomic
def _due(owner: Actor, department: str, at: datetime) -> str:
    case = cases.opened(
        owner, at=at, department=department, division_code=places.CHENGGUAN,
        item_code=uploads.ITEM, applicant_name="权限检查",
    )  # fmt: skip
    case_actions.withdraw(case_key=case.key, version=case.version, actor=owner, at=at)
    inside = case_queries.get_inside(case.key)
    event = CaseWithdrawn(
        subject=case.reference, at=at, case_no=inside.case_no, item_code=inside.item_code,
        item_version=inside.item_version, profile=inside.profile, applicant=inside.applicant,
        division_code=inside.division_code, department=department, version=inside.version,
    )  # fmt: skip
    archives.become_due(event=event, position=secrets.randbits(62))
    return queries.find_package_key(case.reference, _SWEEP)
