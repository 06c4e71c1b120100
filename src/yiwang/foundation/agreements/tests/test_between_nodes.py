"""Grants between nodes: what the registry signs, what a copy is, what stops where."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from yiwang.foundation.agreements import actions, offers, queries, sample
from yiwang.foundation.agreements.definitions import GrantState, Origin
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.agreements.tests.people import ACTORS, AT, delivered, offer_as
from yiwang.foundation.exchange import sample as exchange_sample
from yiwang.foundation.privacy.definitions import Mask
from yiwang.foundation.resources import sample as resources
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes import sample as nodes_sample

pytestmark = pytest.mark.django_db
SELF = machine("test")


@pytest.fixture(autouse=True)
def _offer(monkeypatch):
    offer_as(monkeypatch)


def hear(at=AT) -> None:
    """What was announced takes effect; what that announces, too."""
    for _ in range(2):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def told(node: str) -> list[dict[str, object]]:
    document = nodes.find_document("grants", node)
    return document.body["grants"] if document else []


def act(verb, key, who, at=AT, **given):
    version = DataGrant.objects.get(key=key).version
    return verb(key=key, version=version, actor=ACTORS[who], at=at, **given)


def test_a_department_calls_from_where_it_registered_a_system() -> None:
    body = places.department_uscc(places.CHENGGUAN, 1)
    places.load_chengguan()
    places.register_departments()
    nodes_sample.three_nodes(at=AT)
    (before,) = offers.list_bodies(frozenset({body}))
    assert before.node == "620100"  # the nearest place with a node of its own
    exchange_sample.system("62/first", department=body)
    exchange_sample.system("62/second", department=body)
    (after,) = offers.list_bodies(frozenset({body}))
    assert after == replace(before, node="62")


def test_both_nodes_are_told_and_told_again_when_it_stops() -> None:
    key = delivered().grant
    hear()
    for node in ("62", "620100"):
        assert [(one["key"], one["state"]) for one in told(node)] == [(key, "ACTIVE")]
    act(actions.stop_now, key, "operator", words="流量异常")
    hear()
    assert [one["state"] for one in told("620100")] == ["SUSPENDED"]
    act(actions.resume, key, "giver", words="好了")
    asked = act(actions.ask_end, key, "giver", words="下线")
    actions.agree_end(key=key, version=asked.version, actor=ACTORS["asker"], at=AT)
    hear()
    assert told("620100") == []


def test_a_new_grade_in_the_catalogue_is_told_to_both_nodes_and_counts_there() -> None:
    key = delivered().grant
    resource = DataGrant.objects.get().resource
    resources.grade(resource, {"name": 2, "citizen_id": 4, "phone": 4}, at=AT)
    hear()
    for node in ("62", "620100"):
        assert [(one["key"], one["grades"]) for one in told(node)] == [
            (key, {"citizen_id": [4, "NONE"]})
        ]
    resources.grade(resource, {"name": 3, "citizen_id": 4}, at=AT, mask=Mask.NAME)
    hear()
    (one,) = told("620100")
    assert one["grades"] == {"name": [3, "NAME"], "citizen_id": [4, "NAME"]}
    DataGrant.objects.all().delete()  # as at the other node
    assert actions.take_in(grants=[one], at=AT, actor=SELF) == 1
    assert json.loads(sample.fast_rows()[0][-1]) == one["grades"]
    again = [{**one, "grades": {}, "version": 99}]
    assert actions.take_in(grants=again, at=AT, actor=SELF) == 1
    assert json.loads(sample.fast_rows()[0][-1]) == {}


def test_an_older_registry_tells_no_grades_and_is_understood() -> None:
    delivered()
    (one,) = queries.list_published("620100")
    DataGrant.objects.all().delete()
    older = {name: value for name, value in one.items() if name != "grades"}
    assert actions.take_in(grants=[older], at=AT, actor=SELF) == 1
    assert DataGrant.objects.get().grades == {}


def test_what_a_node_is_told_names_no_person_and_no_reason() -> None:
    key = delivered().grant
    act(actions.suspend, key, "giver", words="拿去营销了", mend_days=5)
    (one,) = queries.list_published("620100")
    assert "拿去营销了" not in str(one)
    assert "official:" not in str(one)


def test_a_node_that_is_no_registry_publishes_nothing(settings) -> None:
    settings.REGISTRY = "http://127.0.0.1:1"
    delivered()
    assert actions.publish_to(audiences=("62",), at=AT, actor=SELF) == 0
    assert nodes.find_document("grants", "62") is None


def as_told(**changes: object) -> list[dict[str, object]]:
    """What another node's registry said; nothing of it is here."""
    key = delivered().grant
    (one,) = queries.list_published("620100")
    DataGrant.objects.filter(key=key).delete()
    return [{**one, **changes}]


def test_a_copy_is_in_force_here_and_ends_when_it_is_named_no_more() -> None:
    grants = as_told()
    assert actions.take_in(grants=grants, at=AT, actor=SELF) == 1
    (row,) = sample.fast_rows()
    assert (row[0], row[1]) == (grants[0]["key"], "62/household-register")
    assert DataGrant.objects.get().origin == Origin.REGISTRY
    assert actions.take_in(grants=grants, at=AT, actor=SELF) == 0
    stopped = [{**grants[0], "state": "SUSPENDED", "version": 9}]
    assert actions.take_in(grants=stopped, at=AT, actor=SELF) == 1
    assert sample.fast_rows() == []
    assert actions.take_in(grants=[], at=AT, actor=SELF) == 1
    assert DataGrant.objects.get().state == GrantState.ENDED
    assert actions.take_in(grants=[], at=AT, actor=SELF) == 0


def test_what_was_stopped_here_stays_stopped_whatever_the_registry_says() -> None:
    grants = as_told()
    actions.take_in(grants=grants, at=AT, actor=SELF)
    act(actions.stop_now, grants[0]["key"], "operator", words="本节点有攻击")
    actions.take_in(grants=[{**grants[0], "per_day": 7, "version": 9}], at=AT, actor=SELF)
    row = DataGrant.objects.get()
    assert (row.per_day, row.stopped_here) == (7, True)
    assert sample.fast_rows() == []


def test_what_was_agreed_here_is_not_replaced_by_a_document() -> None:
    key = delivered().grant
    (one,) = queries.list_published("620100")
    forged = [{**one, "version": 99, "fields": ["everything"]}]
    assert actions.take_in(grants=forged, at=AT, actor=SELF) == 0
    assert queries.get_grant(key, ACTORS["giver"], at=AT).fields == ("name", "citizen_id")
