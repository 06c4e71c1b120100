"""A road to be dug up: a lead, three other bodies, officers to be sent. Shared by tests of several storeys."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.journey import jobs as _jobs  # noqa: F401 - registers the task
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.support.identity import queries as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import reactions as _letters  # noqa: F401 - registers the task

ROAD = "sample-road"
FOLDER = Path(__file__).parent / "road"
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # Monday morning in Shanghai
HERE = places.CHENGGUAN
LEAD, POLICE, GREEN, ORDER, STRANGER = (places.department_uscc(HERE, n) for n in (3, 7, 9, 10, 6))


def publish(at: datetime = AT) -> Item:
    """The item on the shelf, in a place with its departments."""
    places.load_chengguan()
    places.register_departments()
    return sample.publish(ROAD, at=at, folder=FOLDER)


def citizen(seed: int = 5, at: datetime = AT) -> Actor:
    """Somebody who wants to dig."""
    with transaction.atomic():
        person = libraries.register_person(seed, at=at, name="罗文博", born_on=date(1980, 1, 1))
    return sample.citizen(person)


def official(
    department: str = LEAD, role: Role = Role.APPROVER, name: str = "zhao", place: str = HERE
) -> Actor:
    """Somebody of a body, without an account."""
    return Actor(
        ActorKind.OFFICIAL, f"official:{name}", "赵*", grants=(Grant(role, place, department),)
    )


def staff(name: str, role: Role = Role.HANDLER, department: str = LEAD, at: datetime = AT) -> Actor:
    """Somebody of a body with an account, who can be sent to a visit."""
    account = accounts.open_official_account(
        name, at=at, name=f"{name}（示例）", department=department,
        grants=((role, HERE, department),),
    )  # fmt: skip
    return identity.get_actor(account.key, at=at)


def handed_in(
    actor: Actor, *, at: datetime = AT, trees: str = "untouched", site: str = "new"
) -> str:
    """An application that waits to be accepted; its key."""
    receipt = sample.submitted(
        ROAD, actor, {"road": "静宁路东侧人行道", "phone": "13900000005"}, at=at,
        questions={"trees": trees, "site": site},
    )  # fmt: skip
    jobs.run_waiting(at=at)
    return receipt.case_key


def accepted(
    actor: Actor, *, at: datetime = AT, lead: Actor | None = None, **questions: str
) -> str:
    """The same, accepted by the lead: everybody concerned is asked."""
    key = handed_in(actor, at=at, **questions)
    who = lead or official(role=Role.HANDLER)
    version = cases.get_inside(key).version
    journey.accept(case_key=key, version=version, actor=who, at=at)
    return key


def hear(at: datetime) -> None:
    """Two rounds: one seals and hears, the next hears what the first announced."""
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)
