"""Nonsense to topics with real subscriptions behind them, and subscribers that answer as they like: by
callback, by fetching, here and over two nodes. Whatever was taken must reach everybody, once on record.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from typing import Any, Final

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.fastpath import fetching, topics
from yiwang.foundation.exchange.partner import MODES
from yiwang.foundation.exchange.tests import running, two
from yiwang.foundation.exchange.tests.fuzzing import TEXTS, Fuzzer, anything, spoilt
from yiwang.foundation.exchange.topics import actions
from yiwang.foundation.exchange.topics.definitions import QueuedState
from yiwang.foundation.exchange.topics.models import QueuedMessage, Subscription
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

OWN: Final = "62/licence-changes"
FAR: Final = "620100/licence-changes"
PURPOSE: Final = "核对申请人情况"
FIELDS: Final = ("number", "name", "state", "contact")
#: Nothing rests long here.
PACE: Final = "0.002"
_ACKS: Final = 6
#: What takes ten seconds each is done now and then.
_SELDOM: Final = ("trickle", "endless", "large")
_OFTEN: Final = tuple(mode for mode in MODES if mode not in (*_SELDOM, "slow"))


class Taker:
    """A subscriber's system: right in half of its answers, until it is calm."""

    def __init__(self, chance: Any) -> None:
        self.chance, self.is_calm = chance, False
        self.had: dict[str, Counter[int]] = defaultdict(Counter)
        self._lock = threading.Lock()

    async def answer(self, partner: Any, writer: Any, told: Any) -> None:
        """One callback, as a mode of the partner."""
        with self._lock:
            self.had[told["topic"]][told["position"]] += 1
        good = {"message": told["message"]}
        turn = 0 if self.is_calm else self.chance.randrange(100)
        if turn < 50:
            await MODES["good"](partner, writer, good)
        elif turn < 75:
            await MODES["good"](partner, writer, self._wrong(good))
        elif turn < 99:
            await MODES[self.chance.choice(_OFTEN)](partner, writer, good)
        else:
            await MODES[self.chance.choice(("slow", *_SELDOM))](partner, writer, good)

    def _wrong(self, good: dict[str, str]) -> Any:
        match self.chance.randrange(_ACKS):
            case 0:
                return {"message": "ab" * 16}
            case 1:
                return [good]
            case 2:
                return {**good, "message": None}
            case 3:
                return {"received": good["message"]}
            case 4:
                return {**good, "more": ["x" * 5_000]}
        return spoilt({**good, "x": anything(self.chance)}, self.chance, 2)


class Telling:
    """Publishing, fetching, acknowledging, a node's own asking; and what came of it."""

    def __init__(self, fuzzer: Fuzzer, taker: Taker, publishers: dict[str, running.Caller]) -> None:
        self.fuzzer, self.taker, self.publishers = fuzzer, taker, publishers
        self.chance = fuzzer.chance
        self.taken: dict[str, set[int]] = defaultdict(set)
        self._number = 0

    @property
    def kinds(self) -> tuple[Any, ...]:
        return self.publish, self.publish, self.fetch, self.acknowledge, self.asks_as_node

    def publish(self) -> None:
        """Mostly new; sometimes once more, sometimes otherwise under the same key."""
        topic, chance = chance_of(self.chance, (OWN, FAR)), self.chance
        self._number += 1
        body: Any = {
            "key": f"{topic}-{self._number if chance.random() < 0.8 else chance.randrange(50)}",
            "order": chance.choice(("a", "b", "c", "汉", f"m{self._number}")),
            "subject": chance.choice(("", two.NUMBER, *TEXTS)),
            "body": {name: anything(chance) for name in FIELDS if chance.random() < 0.7},
        }
        if chance.random() < 0.5:
            body["body"] = {"number": str(self._number), "contact": chance.choice(TEXTS)}
        body = spoilt(body, chance, chance.choice((0, 0, 1, 2)))
        answer = self.fuzzer.ask(
            "POST", topics.PATH + topic, body, by=self.publishers[topic.split("/")[0]]
        )
        if answer is not None and answer[0] == 202:
            self.taken[topic].add(json.loads(answer[1])["position"])

    def fetch(self) -> None:
        """By whom it belongs to, and by others."""
        given = [
            f"{name}={self.chance.choice((0, 1, 50, 10**17, 10**18, 10**30, 'x', '%FF', -1, ''))}"
            for name in ("after", "most", "most", "after", "other")
            if self.chance.random() < 0.4
        ]
        path = f"{fetching.PATH}{chance_of(self.chance, (OWN, FAR))}"
        query = f"?{'&'.join(given)}" if given else ""
        self.fuzzer.ask("GET", path + query, None, by=self._somebody())

    def acknowledge(self) -> None:
        numbers = (0, 1, self.chance.randrange(60), 2**61, 2**62, 2**63, 2**64, -1, 1.0, True, "1")
        body = {"position": self.chance.choice(numbers)}
        path = f"{fetching.PATH}{chance_of(self.chance, (OWN, FAR))}"
        body = spoilt(body, self.chance, self.chance.choice((0, 0, 1)))
        self.fuzzer.ask("POST", path, body, by=self._somebody())

    def asks_as_node(self) -> None:
        """What a subscriber's node asks for, under the seal and a real grant; of a subscription nobody has,
        so that it takes nothing from one."""
        parameters = {
            "subscription": "zz" * 8,
            "after": self.chance.choice((None, 0, 1, 7, 2**61, 2**62, 2**63, -1, 1.5, True, "1")),
            "from_start": self.chance.choice((True, False, False, None, 1)),
            "most": self.chance.choice((1, 5, 200, 0, 201, -1, 2**64, True, "5", None)),
        }
        fields = self.chance.choice((["number"], list(FIELDS), [], ["uscc"], ["contact"]))
        question = two.question(
            grant=self.grant, service=FAR, parameters=parameters, fields=fields, subject=""
        )
        self.fuzzer.seal(
            topics.KIND, spoilt(question, self.chance, self.chance.choice((0, 0, 1, 2)))
        )

    grant = ""

    def _somebody(self) -> running.Caller:
        return self.chance.choice((self.fuzzer.caller, self.fuzzer.caller, self.publishers["62"]))

    # --- what came of it ---

    def settle(self) -> None:
        """Everybody behaves from now on: what is left is handed over, fetched and acknowledged."""
        self.taker.is_calm = True
        two.until(self._is_settled, seconds=180.0)

    def _is_settled(self) -> bool:
        for topic in (OWN, FAR):
            self._fetch_rest(topic)
        waiting = QueuedMessage.objects.exclude(state=QueuedState.DONE)
        fetched = Subscription.objects.filter(position__isnull=False)
        behind = [one for one in fetched if one.position < max(self.taken[one.topic], default=0)]
        return not behind and not waiting.exists()

    def _fetch_rest(self, topic: str) -> None:
        path, caller = fetching.PATH + topic, self.fuzzer.caller
        status, _headers, raw = caller.node.send(
            "GET", path, headers=caller.headers(path, b"", method="GET")
        )
        assert status == 200, raw
        body = json.dumps({"position": json.loads(raw)["position"]}).encode()
        status, _headers, raw = caller.node.send("POST", path, body, caller.headers(path, body))
        assert status == 200, raw

    def lost(self) -> list[str]:
        """Every taken message that some subscription did not get, or got twice on record."""
        found = []
        for one in Subscription.objects.all():
            queued = Counter(one.queue.values_list("position", flat=True))
            for position in self.taken[one.topic]:
                if queued[position] != 1:
                    found.append(f"{one.system} {one.topic} {position}: {queued[position]} times")
                if one.callback and not self.taker.had[one.topic][position]:
                    found.append(f"{one.system} {one.topic} {position}: never heard")
            if one.failure:
                found.append(f"{one.system} {one.topic} stands: {one.failure}")
        return found


def chance_of(chance: Any, some: tuple[str, ...]) -> str:
    found: str = chance.choice(some)
    return found


def topics_and_grants() -> str:
    """A topic here and one at Lanzhou, each granted to the department; the second grant."""
    for topic in (OWN, FAR):
        sample.topic(topic, department=sample.CONSUMER)
        grant = agreements.grant(
            topic, fields=FIELDS, way=Way.MESSAGE, per_day=10**7, per_second=10**5
        )
    return grant


def subscribed(callback: str) -> None:
    """Two systems of the department: one fetches both topics, one is called back about both."""
    from yiwang.foundation.agreements.models import DataGrant

    sample.system("62/market", per_second=10_000)
    for grant in DataGrant.objects.filter(way=Way.MESSAGE):
        for system, address in (("62/approval", ""), ("62/market", callback)):
            actions.subscribe(
                grant=grant.key,
                system=system,
                purpose=PURPOSE,
                callback=address,
                private_ok=bool(address),
                from_start=True,
                actor=machine("test"),
                at=now(),
            )
