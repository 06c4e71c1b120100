"""Officials who decide through the API, as a careful program does: read, act, read again."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.installation import Installation
from trial import province
from trial.outcome import Outcome

#: Nothing decided for so long: we stop waiting.
PATIENCE = 1800.0


@dataclass
class Office:
    """A thread for each official's token; ``decided``: case → the outcome that was confirmed."""

    place: Installation
    tokens: list[str]
    decided: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    tries: int = 0
    wrong: list[str] = field(default_factory=list)
    _work: queue.Queue[tuple[str, str]] = field(default_factory=queue.Queue)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Office:
        self._threads = [threading.Thread(target=self._sit, args=(t,)) for t in self.tokens]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def put(self, case: str, *, approve: bool) -> None:
        """One more case on the pile."""
        self.asked[case] = "APPROVE" if approve else "REJECT"
        self._work.put((case, self.asked[case]))

    def wait_until_all_is_decided(self) -> None:
        """Until the pile is gone, or nothing was decided for half an hour."""
        before, moved = -1, time.monotonic()
        while len(self.decided) < len(self.asked) and time.monotonic() - moved < PATIENCE:
            if len(self.decided) != before:
                before, moved = len(self.decided), time.monotonic()
            time.sleep(0.5)

    def _sit(self, token: str) -> None:
        while not self._stop.is_set():
            try:
                case, wanted = self._work.get(timeout=0.5)
            except queue.Empty:
                continue
            try:
                done = self._handle(token, case, wanted)
            except (OSError, http.client.HTTPException):
                done = False
            if not done:
                time.sleep(0.1)
                self._work.put((case, wanted))

    def _handle(self, token: str, case: str, wanted: str) -> bool:
        """One look at the case and the next act; True when it is decided."""
        self.tries += 1
        seen = self._ask(token, "GET", f"/api/v1/cases/{case}", None)
        if seen is None:
            return False
        if seen["decision"] is not None:
            self.decided[case] = seen["decision"]["outcome"]
            return True
        may = {one["name"] for one in seen["acts"]}
        given: dict[str, Any] = {"version": seen["version"]}
        if "accept" in may:
            self._ask(token, "POST", f"/api/v1/cases/{case}/accept", given)
        elif wanted.lower() in may:
            given |= {"outcome": wanted, "reason": "已核对材料和登记信息。"}
            self._ask(token, "POST", f"/api/v1/cases/{case}/decide", given)
        return False  # the next look tells whether it was done

    def _ask(
        self, token: str, method: str, path: str, given: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """The answer; None when it was not this time (busy, away, somebody was faster)."""
        status, _, said = province.ask(
            self.place,
            method,
            path,
            body=json.dumps(given).encode() if given else b"",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        if status == 200:
            answer: dict[str, Any] = json.loads(said)
            return answer
        if status not in (409, 502, 503):
            self.wrong.append(f"{method} {path}: {status} {said[:200]!r}")
        return None


def look(outcome: Outcome, place: Installation, office: Office) -> None:
    """What an official was shown as decided stands in the table, with that outcome."""
    for sentence in office.wrong[:5]:
        print(f"{outcome.name}: {sentence}")
    outcome.claim("no official met anything but “later” or “changed”", not office.wrong)
    outcome.claim("everything was decided", len(office.decided) == len(office.asked))
    with place.connect() as connection:
        rows = dict(
            connection.execute(
                "SELECT key, outcome FROM cases_case WHERE key = ANY(%s)", [list(office.asked)]
            ).fetchall()
        )
    outcome.claim("each decision stands as it was shown", rows == office.decided == office.asked)
