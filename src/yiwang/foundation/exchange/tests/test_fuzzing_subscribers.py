"""What another node hands a subscriber's node: nonsense is named so, and whatever is taken can be kept."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace

import psycopg
import pytest

from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.fastpath import questions, subscribing
from yiwang.foundation.exchange.fastpath.questions import Question
from yiwang.foundation.exchange.fastpath.refusals import PartnerNonsense, RequestMalformed
from yiwang.foundation.exchange.fastpath.shelf import Sealer
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.tests.fuzzing import spoilt, written
from yiwang.foundation.exchange.topics import rules
from yiwang.foundation.exchange.topics.models import Subscription
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import keystore

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC, SYSTEM = "620100/licence-changes", "62/approval"
ROUNDS = 4_000
#: Python reads these moments, PostgreSQL does not; and numbers beyond a column.
ODD_MOMENTS = ("2026-W48-1T00:00:00+00:00", "20261130T080000,5+08:00", "0001-01-01T00:00:00+00:00")
ODD_NUMBERS = (2**61, 2**62, 2**63, 2**64, -1, 1.0, True)


@pytest.fixture
def subscription(db):
    return Subscription.objects.create(
        topic=TOPIC,
        system=SYSTEM,
        department=sample.CONSUMER,
        grant_key="g" * 16,
        purpose="核对申请人情况",
        position=0,
        made_at=now(),
        made_by="machine:test",
    )


def given(subscription, chance):
    """A right answer of the provider's node."""
    messages = [
        {
            "message": rules.message_of(TOPIC, position, subscription.key),
            "position": position,
            "order": "ab" * 32,
            "at": "2026-11-30T08:00:00.000+00:00",
            "subject": "",
            "body": json.dumps({"number": str(position)}),
        }
        for position in (1, 2, 3)
    ]
    answer = {"last": 3, "position": 3, "messages": messages}
    if chance.random() < 0.2:
        chance.choice(messages)["at"] = chance.choice(ODD_MOMENTS)
    if chance.random() < 0.2:
        number = chance.choice(ODD_NUMBERS)
        messages[2] |= {"position": number}
        if type(number) is int:
            messages[2]["message"] = rules.message_of(TOPIC, number, subscription.key)
        answer |= {"last": number, "position": number}
    return answer


def test_what_is_taken_can_be_kept_and_the_rest_is_nonsense(subscription):
    chance = random.Random(20261130)
    house = SimpleNamespace(sealer=Sealer(keystore.get_store()))
    keeper = subscribing.Subscriptions(house)
    question = Question(
        system=SYSTEM, service=TOPIC, purpose="x", item="", case="", subject="", grant="g" * 16,
        parameters={"subscription": subscription.key, "after": 0, "from_start": True},
        fields=("number",),
    )  # fmt: skip
    taken = refused = 0
    with psycopg.connect(running.conninfo()) as link:
        for _ in range(ROUNDS):
            answer = spoilt(given(subscription, chance), chance, chance.choice((0, 0, 1, 2)))
            try:
                read = questions.plain_object(written(answer, chance))
                told = subscribing.read(house, question, read, 0)
            except (PartnerNonsense, RequestMalformed):
                refused += 1
                continue
            rows = json.dumps([keeper._row(message) for message in told])
            link.execute(
                subscribing._TAKE, [read["position"], now(), subscription.pk, 0, now(), rows]
            )
            (count,) = link.execute(
                "SELECT count(*) FROM exchange_queued WHERE subscription_id = %s",
                [subscription.pk],
            ).fetchone()
            assert count == len(told)
            link.rollback()
            taken += 1
    assert min(taken, refused) > ROUNDS // 10
