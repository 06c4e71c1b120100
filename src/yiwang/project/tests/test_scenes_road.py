"""The roads of the sample province: a permit that was prolonged, one changed and cancelled, two that wait."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yiwang.capability.branches import queries as branches
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.network.directory import sample as places
from yiwang.project import scenes_road
from yiwang.support.licences import queries as licences

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
POSTS = {
    "zhujian1": (3, Role.HANDLER),
    "zhujian2": (3, Role.REVIEWER),
    "zhujian3": (3, Role.APPROVER),
    "jiaojing": (7, Role.APPROVER),
    "lvhua": (9, Role.APPROVER),
    "chengguan": (10, Role.APPROVER),
}


def official(name: str, at: datetime) -> Actor:
    serial, role = POSTS[name]
    grant = Grant(role, places.CHENGGUAN, places.department_uscc(places.CHENGGUAN, serial))
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "某*", grants=(grant,))


@pytest.fixture
def applicants(db):
    places.load_chengguan()
    places.register_departments()
    sample.publish(scenes_road.ITEM, at=datetime(2026, 9, 1, tzinfo=UTC))
    born = date(1980, 1, 1)
    return [
        sample.citizen(people.register_person(seed, at=UNTIL, born_on=born))
        for seed in range(901, 905)
    ]


@pytest.fixture
def played(applicants):
    cast = scenes_road.Cast(official, UNTIL)
    assert scenes_road.play(applicants, cast) == 4
    assert scenes_road.play(applicants, cast) == 0
    return applicants


def versions(person: Actor) -> list[tuple[int, str]]:
    rows = licences.list_licences(person, at=UNTIL).rows
    return sorted((row.version, row.state) for row in rows)


def mine(person: Actor):
    rows = cases.list_cases(person).rows
    return [cases.get_case(row.key, person, at=UNTIL) for row in rows]


def test_a_prolonged_permit_holds_in_its_second_version_with_the_later_end(played) -> None:
    assert versions(played[0]) == [(1, "SUPERSEDED"), (2, "VALID")]
    new, old = licences.list_licences(played[0], at=UNTIL).rows
    assert (new.last_day - old.last_day).days == 20
    assert dict(new.rows)["位置"] == "静宁路 42 号门前车行道"
    assert "设置明显标志和安全防围设施" in dict(new.rows)["附条件"]
    shown = licences.verify_licence(code=old.verify_code, at=UNTIL)
    assert [(row.version, row.state) for row in shown.versions] == [
        (1, "SUPERSEDED"), (2, "VALID")
    ]  # fmt: skip


def test_a_changed_permit_says_what_changed_and_a_cancelled_one_holds_no_more(played) -> None:
    assert versions(played[1]) == [(1, "SUPERSEDED"), (2, "CANCELLED")]
    new, old = licences.list_licences(played[1], at=UNTIL).rows
    assert dict(new.rows)["面积"] == "24 平方米"
    assert dict(new.rows)["方式"] == dict(old.rows)["方式"] == "临时占用"
    assert new.last_day == old.last_day
    assert licences.verify_licence(code=new.verify_code, at=UNTIL).state == "CANCELLED"
    assert [case.state for case in mine(played[1])] == ["CLOSED"] * 3


def test_a_dig_that_touches_trees_waits_for_three_bodies(played) -> None:
    [case] = mine(played[2])
    assert case.state == "ACCEPTED"
    parts = branches.list_parts(case.key, played[2], at=UNTIL)
    assert len([part for part in parts if part.needed]) == 3


def test_what_came_in_last_waits_to_be_taken_up(played) -> None:
    [case] = mine(played[3])
    assert case.state in ("SUBMITTED", "WITH_OFFICIAL")
