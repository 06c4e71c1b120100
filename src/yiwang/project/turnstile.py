"""In a rush acts wait in a short line and the rest are told to come back; reading stays quick.

A process answers with a fixed number of threads. Without a limit people who hand in would fill all
of them, and nobody could even read how to apply or whether a licence is valid.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import SystemRandom
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yiwang.entrance.shell import answers
from yiwang.kernel.refusals import TryLater

#: Acts one process works on at once; more would only take the processor from each other.
AT_ONCE: Final = 4
#: The share of threads acts may hold, working or waiting; the others read.
SHARE: Final = 0.75
#: Nobody stands in the line longer.
LONGEST_SECONDS: Final = 10.0
_SOONEST, _SPREAD = 5, 11
_random = SystemRandom()


class Busy(TryLater):
    """Too many act at once. Nothing was begun; the times to come back are spread."""

    sentence = "现在办事的人很多，这次没有办成，您填的内容还在。"
    remedy = "请过十几秒再点一次。"

    def __init__(self) -> None:
        super().__init__()
        self.retry_after_seconds = _SOONEST + _random.randrange(_SPREAD)


class Turnstile:
    """So many at once, so many in the line behind them."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._places = threading.Semaphore(at_once + waiting)
        self._free = threading.Semaphore(at_once)
        self._seconds = seconds

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Inside it is one's turn. Refuses Busy when the line is full or does not move."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._free.acquire(timeout=self._seconds):
                raise Busy
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


class TurnstileMiddleware:
    """Before anything that costs: who acts passes the turnstile, who reads walks by."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        waiting = max(0, int(settings.WEB_THREADS * SHARE) - AT_ONCE)
        self._acts = Turnstile(at_once=AT_ONCE, waiting=waiting, seconds=LONGEST_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        try:
            with self._acts.passed():
                return self.get_response(request)
        except Busy as refusal:
            return answers.refuse(request, refusal)
