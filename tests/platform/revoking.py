"""What two people and a machine do while a grant is revoked, each in a process of its own at its own node:
``python -m tests.platform.revoking ROLE …``; a word on its input is an act, a line of its output what came."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from tests.installation import ROOT

PURPOSE, ITEM = "核对申请人情况", "individual-business"
NUMBER = "62010219400101001X"
#: Services at the providing node: one answers at once, the other when a revocation must long be in force.
QUICK, SLOW = "register-to-revoke", "slow-register-to-revoke"
SLOW_SECONDS = 5.0
#: Between two calls.
PAUSE = 0.05


class Running:
    """One such process; its lines as they come."""

    def __init__(self, environment: Mapping[str, str], *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.platform.revoking", *words],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def told(self, word: str) -> None:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def does(self, word: str, *, seconds: float = 30.0) -> dict[str, Any]:
        """Tell it and wait for its next line."""
        before, end = len(self.said), time.monotonic() + seconds
        self.told(word)
        while len(self.said) == before:
            assert time.monotonic() < end, f"{word}: nothing was said"
            time.sleep(0.01)
        return self.said[before]

    def of(self, service: str) -> list[dict[str, Any]]:
        return [one for one in list(self.said) if one.get("service", "").endswith(f"/{service}")]


@contextlib.contextmanager
def running(environment: Mapping[str, str], *words: str) -> Iterator[Running]:
    found = Running(environment, *words)
    try:
        yield found
    finally:
        found.process.stdin.close()
        found.process.wait(timeout=60)


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _provide(node: str, address: str) -> None:
    """At the providing node: two services of a department's system."""
    from yiwang.foundation.exchange import sample

    for name, mode in ((QUICK, "good"), (SLOW, "slow")):
        sample.service(f"{node}/{name}", upstream=f"{address}/{mode}", limit_seconds=20.0)
    _say(ready=True)


def _ask(node: str) -> None:
    """At the asking node: one call after the other until its input ends; "slow" asks the slow one beside."""
    from yiwang.foundation.exchange import calls

    ended = threading.Event()

    def call(name: str) -> None:
        began = time.time()
        reply = calls.call(
            service=f"{node}/{name}", parameters={"citizen_id": NUMBER}, purpose=PURPOSE, item=ITEM,
            limit_seconds=20.0,
        )  # fmt: skip
        _say(
            service=f"{node}/{name}", began=began, ended=time.time(), status=reply.status,
            refusal=reply.refusal, message=reply.message,
        )  # fmt: skip

    def listen() -> None:
        for word in sys.stdin:
            threading.Thread(target=call, args=(word.strip(),)).start()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    while not ended.wait(PAUSE):
        call(QUICK)


def _decide(consumer_node: str, node: str) -> None:
    """At the province, where grants are agreed: given, stopped, resumed, ended by both offices."""
    from yiwang.foundation.agreements import actions, sample
    from yiwang.foundation.agreements.models import DataGrant
    from yiwang.kernel.actor import Role
    from yiwang.kernel.moments import now

    keys: list[str] = []
    giver = sample.of_office("giver", Role.DATA_OFFICER, "620000000000", sample.PROVIDER)
    asker = sample.of_office("asker", Role.DATA_OFFICER, "620102000000", sample.CONSUMER)

    def each(verb: Callable[..., object], **given: object) -> None:
        for key in keys:
            version = DataGrant.objects.get(key=key).version
            verb(key=key, version=version, at=now(), **given)

    def give() -> None:
        for name in (QUICK, SLOW):
            key = sample.grant(
                f"{node}/{name}", consumer_node=consumer_node, purposes=(PURPOSE,), fields=("alive",),
                valid_from=now() - timedelta(days=1),
            )  # fmt: skip
            keys.append(key)

    def end() -> None:
        each(actions.ask_end, words="系统下线", actor=giver)
        each(actions.agree_end, actor=asker)

    acts: dict[str, Callable[[], None]] = {
        "give": give,
        "stop": lambda: each(actions.stop_now, words="流量异常", actor=giver),
        "resume": lambda: each(actions.resume, words="已经查明", actor=giver),
        "end": end,
    }
    for word in sys.stdin:
        began = time.time()
        acts[word.strip()]()
        _say(act=word.strip(), began=began, ended=time.time(), keys=keys)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    {"provide": _provide, "ask": _ask, "decide": _decide}[sys.argv[1]](*sys.argv[2:])
