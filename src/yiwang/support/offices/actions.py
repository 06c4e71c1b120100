"""One notice to every official of an office, once each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yiwang.foundation.exchange.definitions import ALERT_ANSWERERS
from yiwang.kernel.actor import Role
from yiwang.kernel.places import lineage
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity import queries as identity
from yiwang.support.identity.definitions import Colleague
from yiwang.support.messages import actions as messages
from yiwang.support.offices.definitions import OFFICE


def tell_office(
    *,
    division_code: str,
    department: str,
    notice: str,
    values: Mapping[str, str],
    subject: str,
    position: int,
    at: datetime,
    roles: tuple[Role, ...] = OFFICE,
) -> int:
    """The data officers and heads of one body; how many. ``position``: of the fact, told once each."""
    people = identity.list_colleagues(
        division_code=division_code, department=department, roles=roles, at=at
    )
    return _tell(people, notice, values, subject, position, at)


def tell_authority(
    *,
    division_code: str,
    notice: str,
    values: Mapping[str, str],
    subject: str,
    position: int,
    at: datetime,
) -> int:
    """Who watches over sharing in a place; where nobody does, in the next place above."""
    for place in lineage(division_code):
        people = identity.list_leaders(division_code=place, at=at, role=Role.DATA_AUTHORITY)
        if people:
            return _tell(people, notice, values, subject, position, at)
    return 0


def tell_watch(
    *,
    notice: str,
    values: Mapping[str, str],
    subject: str,
    position: int,
    at: datetime,
    roles: tuple[Role, ...] = ALERT_ANSWERERS,
) -> int:
    """Who looks after this installation, its operators and security administrators above all; how many."""
    people = identity.list_watch(roles=roles, at=at)
    return _tell(people, notice, values, subject, position, at)


def _tell(
    people: tuple[Colleague, ...],
    notice: str,
    values: Mapping[str, str],
    subject: str,
    position: int,
    at: datetime,
) -> int:
    for one in people:
        messages.tell(
            recipient=one.reference,
            template=notice,
            values=values,
            subject=subject,
            at=at,
            key=crypto.digest(f"{notice}:{position}:{one.reference}".encode())[:16],
        )
    return len(people)
