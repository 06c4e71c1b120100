"""What two do at the same moment: one datum gets one source, one error is reported once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from yiwang.foundation.libraries import sample as people
from yiwang.foundation.resources import actions, sample
from yiwang.foundation.resources.actions import CannotPublishResource
from yiwang.foundation.resources.models import DataCorrection, ResourceItem
from yiwang.kernel.actor import Actor, ActorKind

pytestmark = pytest.mark.django_db(transaction=True)
POLICE, CIVIL = sample.officer("police"), sample.officer("civil", serial=1)


def together(act, what):
    """Run ``act`` on each at the same moment; what came of each."""
    barrier = threading.Barrier(len(what))

    def begin(one):
        try:
            barrier.wait(10)
            return act(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(begin, what))


def test_two_who_claim_one_datum_at_once_do_not_both_get_it(ground, at):
    rival = sample.content(sample.ALLOWANCES)
    claim = replace(sample.content().items[0], name="claimed")
    handed = []
    for officer, content in (
        (POLICE, sample.content()),
        (CIVIL, replace(rival, items=(*rival.items, claim))),
    ):
        draft = actions.write(content=content, actor=officer, at=at)
        handed.append(sample.handed_in(draft, actor=officer, at=at))

    def publish(one):
        try:
            return actions.publish(
                key=one.key, version=one.version, actor=sample.authority(), at=at
            )
        except CannotPublishResource:
            return None

    outcomes = together(publish, handed)
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert ResourceItem.objects.filter(element="person.name", authoritative=True).count() == 1


def test_one_error_reported_twice_at_once_is_one_request(ground, at):
    sample.publish_all(at=at)
    person = people.register_person(1, at=at)
    actor = Actor(ActorKind.PERSON, person.reference)

    def report(_):
        return actions.report_error(
            element="person.name", about="", wrong="写错了", right="", actor=actor, at=at
        ).key

    keys = together(report, range(3))
    assert len(set(keys)) == 1
    assert DataCorrection.objects.count() == 1
