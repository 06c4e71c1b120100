"""A case that is nearly late, then late: the clock says it, the wiring carries it, a card is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.governance.supervision.models import Card
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db


def hear(at):
    clocks.warn(at=at, actor=machine("clock"))
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def test_a_licence_that_is_not_decided_gets_a_yellow_card_then_a_red_one():
    places.load_chengguan()
    at = now().replace(year=2026, month=3, day=2)
    item = sample.publish_plain(at=at)
    me = sample.citizen(libraries.register_person(5, at=at, born_on=date(1980, 1, 1)))
    receipt = sample.handed_in(me, at=at)
    officer = sample.official(item)
    journey.accept(case_key=receipt.case_key, version=2, actor=officer, at=at)
    hear(at)
    assert not Card.objects.exists()
    hear(at + timedelta(days=28))
    (yellow,) = Card.objects.all()
    assert (yellow.colour, yellow.matter) == ("YELLOW", "decide")
    assert yellow.official == officer.reference
    assert yellow.basis == "行政许可法 第四十二条"
    hear(at + timedelta(days=40))
    hear(at + timedelta(days=41))
    red = Card.objects.get(colour="RED")
    assert (red.subject, red.department) == (f"case:{receipt.case_key}", item.department)
    assert Card.objects.count() == 2
