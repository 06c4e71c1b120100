"""The sample's persons and firms, the same at every node that has departments: what a register would hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import yaml

from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import queries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.definitions import PersonView, Sex
from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import sample as bodies
from yiwang.project import settings

CAST: Final = settings.ROOT / "samples" / "gansu.yaml"


def enter(*, at: datetime) -> Mapping[int, PersonView]:
    """Those with a name in the cast, by seed; with them allowances, firms and the crowd."""
    cast = yaml.safe_load(CAST.read_text(encoding="utf-8"))
    known = {row["seed"]: _enter_person(row, at=at) for row in cast["persons"]}
    for row in cast["allowances_elsewhere"]:
        libraries.report_allowance(
            person=known[row["person"]].reference,
            kind=row["kind"],
            division_code=row["division_code"],
            since=row["since"],
        )
    for row in cast["organizations"]:
        people.register_organization(
            row["seed"],
            at=at,
            name=f"{row['name']}（示例）",
            legal_representative=known[row["legal_representative"]].reference,
        )
    _enter_crowd(cast["crowd"], at=at)
    return known


def is_entered(seed: int) -> bool:
    """Is sample person ``seed`` in this node's register?"""
    try:
        queries.get_person(f"person:{people.key_of('person', seed)}")
    except NotFound:
        return False
    return True


def _enter_person(row: Mapping[str, Any], *, at: datetime) -> PersonView:
    return people.register_person(
        row["seed"],
        at=at,
        name=row["name"],
        born_on=row["born"],
        sex=Sex(row["sex"]),
        division_code=row.get("place", bodies.CHENGGUAN),
    )


def _enter_crowd(crowd: Mapping[str, int], *, at: datetime) -> None:
    """Elders turn out 80 to 101 years old; traders 22 to 59."""
    first, elders = crowd["first_seed"], crowd["elders"]
    for number in range(elders + crowd["traders"]):
        age = 80 + number % 22 if number < elders else 22 + number % 38
        born = date(at.year - age, 1 + number % 8, 1 + number % 28)
        people.register_person(first + number, at=at, born_on=born)
