"""A department that does not answer another's request for data in time gets its cards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.tests.people import ACTORS, AT, offer_as, received
from yiwang.governance.supervision import queries as supervision
from yiwang.kernel.actor import machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal

pytestmark = pytest.mark.django_db
SELF = machine("test")


@pytest.fixture(autouse=True)
def _offer(monkeypatch):
    offer_as(monkeypatch)


def hear(at) -> None:
    """What was announced takes effect; what that announces, too."""
    for _ in range(2):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def test_an_unanswered_request_gets_the_provider_its_cards() -> None:
    view = received()
    leader = ACTORS["leader"]
    for days, colours in ((1, []), (10, ["YELLOW"]), (21, ["RED", "YELLOW"])):
        at = AT + timedelta(days=days)
        clocks.warn(at=at, actor=SELF)
        hear(at)
        cards = supervision.list_cards(leader).rows
        assert [card.colour for card in cards] == colours, days
    assert {card.matter_label for card in cards} == {"答复数据共享申请"}
    assert {card.subject for card in cards} == {view.reference}
    assert cards[0].basis == "政务数据共享条例第二十一条"
    late = AT + timedelta(days=22)
    asked = actions.propose_yes(
        key=view.key, version=view.version, words="", actor=ACTORS["giver"], at=late
    )
    actions.sign_answer(key=view.key, version=asked.version, actor=ACTORS["giving head"], at=late)
    hear(late)
    assert all(card.settled_at for card in supervision.list_cards(leader).rows)
