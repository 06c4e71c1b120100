"""Grants that do not fit the kind of their service: found at both ends, noted once, listed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.agreements import actions, jobs, queries, sample
from yiwang.foundation.agreements.actions import fitting
from yiwang.foundation.agreements.definitions import GrantState, Way
from yiwang.foundation.agreements.events import GrantMisfits
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.agreements.tests.people import ACTORS, AT
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.exchange.models import Service
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import TryLater
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
CLOCK = machine("clock")
CODE = "62/household-register"


@pytest.fixture
def table(settings):
    """A service of this node that hands out a whole table."""
    settings.NODE = "62"
    exchange.service(CODE, upstream="http://127.0.0.1:1", kind=ServiceKind.TABLE, at=AT)
    return CODE


def check(at=AT):
    return actions.check_ways(actor=CLOCK, at=at)


def told(key):
    entries = journal.list_entries(subject=f"data-grant:{key}")
    return [one.facts for one in entries if one.act == GrantMisfits.name]


def seen(who="asker", **given):
    return queries.list_grants(ACTORS[who], at=AT, **given).rows


def test_one_of_before_is_found_and_told_once(table) -> None:
    key = sample.grant(table, way=Way.VERIFY, at=AT)
    fits = sample.grant(table, way=Way.TABLE, at=AT)
    assert check() == 1
    assert check(AT + timedelta(hours=1)) == 0
    (fact,) = told(key)
    assert (fact["way"], fact["kind"]) == ("VERIFY", "TABLE")
    assert told(fits) == []
    for who in ("asker", "giver", "operator", "authority"):
        (row,) = seen(who, misfit=True)
        assert row.key == key
        assert row.misfit == "授权的共享方式是“批量核验”，这个服务是“库表交换”", row.misfit
    assert seen("other body", misfit=True) == ()
    assert {row.key: bool(row.misfit) for row in seen()} == {key: True, fits: False}


def test_its_state_and_version_are_left_alone(table) -> None:
    key = sample.grant(table, way=Way.CALL, at=AT)
    before = DataGrant.objects.get(key=key)
    check()
    after = DataGrant.objects.get(key=key)
    assert (after.state, after.version, after.changed_at) == (
        before.state, before.version, before.changed_at,
    )  # fmt: skip


@pytest.mark.parametrize(("state", "found"), [(GrantState.SUSPENDED, 1), (GrantState.ENDED, 0)])
def test_what_stands_still_is_told_too_and_what_is_over_not(table, state, found) -> None:
    sample.grant(table, way=Way.CALL, state=state, at=AT)
    assert check() == found
    assert len(seen(misfit=True)) == found


def test_one_that_fits_again_is_not_listed_any_more(table) -> None:
    key = sample.grant(table, way=Way.QUERY, at=AT)
    check()
    Service.objects.update(kind=ServiceKind.CALL)
    assert check() == 0
    assert seen(misfit=True) == ()
    assert queries.get_grant(key, ACTORS["asker"], at=AT).misfit == ""
    Service.objects.update(kind=ServiceKind.FILE)
    assert check() == 1  # another misfit is news
    assert len(told(key)) == 2


def test_of_an_unknown_service_nothing_is_said(settings) -> None:
    settings.NODE = "62"
    sample.grant("62/unknown", way=Way.VERIFY, at=AT)
    assert check() == 0


def test_a_service_of_another_node_is_asked_for_there(settings, monkeypatch) -> None:
    settings.NODE = "62"
    key = sample.grant("620100/land", way=Way.VERIFY, at=AT)
    answers = [TryLater(), ({"code": "620100/land", "kind": "CALL"}, {"code": "x"})]
    asked = []

    def list_services_at(node):
        asked.append(node)
        answer = answers.pop(0)
        if isinstance(answer, TryLater):
            raise answer
        return answer

    monkeypatch.setattr(fitting.calls, "list_services_at", list_services_at)
    assert check() == 0  # nobody answers: nothing is known, nobody is told
    assert check() == 1
    assert asked == ["620100", "620100"]
    assert len(told(key)) == 1


def test_the_round_is_a_job(table) -> None:
    sample.grant(table, way=Way.VERIFY, at=AT)
    jobs.check_ways(actor=CLOCK, at=AT)
    assert len(seen(misfit=True)) == 1


def test_the_list_is_turned_page_by_page(table) -> None:
    keys = [sample.grant(table, way=Way.VERIFY, at=AT) for _ in range(3)]
    check()
    first = queries.list_grants(ACTORS["asker"], at=AT, misfit=True, limit=2)
    rest = queries.list_grants(ACTORS["asker"], at=AT, misfit=True, limit=2, after=first.next)
    assert [row.key for row in first.rows + rest.rows] == keys[::-1]
    assert rest.next == ""
