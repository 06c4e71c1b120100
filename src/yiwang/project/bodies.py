"""A body is taken in before anything else begins: who sends slowly holds no place among those who act.

The server hands a body over as it comes, and reading it waits for the sender. Read by a view it would
hold a place in the turnstile as long as somebody likes; four of them, and nobody could hand in. Here
only half of the threads may wait for bodies, and a sender who takes longer than a minute is given up
between two pieces. One who stops altogether in the middle of a piece is given up by the server in
front (``docs/do/run.md``); reading of ours cannot be called off (docs/decisions/0217).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final

from django.conf import settings

from yiwang.kernel.refusals import Refusal, TryLater

#: Where the request finds what was wrong with its body; ``middleware`` answers with it.
REFUSAL: Final = "yiwang.body_refusal"
_LENGTH: Final = "CONTENT_LENGTH"
#: Read at a time: the clock is looked at in between.
PIECE: Final = 1024
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class CutShort(Refusal):
    status = 400
    sentence = "内容没有传完，连接就断了。"
    remedy = "请检查网络后再提交一次，已保存的草稿还在。"


class TooSlow(Refusal):
    """The body did not come within the time it has. Nothing was begun."""

    status = 408
    sentence = "内容传得太慢，没有收完。"
    remedy = "请检查网络后再提交一次，已保存的草稿还在。"


class Bodies:
    """Around the application: every body whole in memory, or the reason why not."""

    def __init__(self, application: Application, *, at_once: int, seconds: float) -> None:
        self._application = application
        self._seconds = seconds
        self._places = threading.Semaphore(at_once)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        length = _length_of(environ.get(_LENGTH))
        if 0 < length <= settings.BODY_LIMIT:
            taken = self._take_in(environ["wsgi.input"], length)
            if isinstance(taken, Refusal):
                environ[REFUSAL], taken = taken, b""
                environ[_LENGTH] = "0"
            environ["wsgi.input"] = BytesIO(taken)
        return self._application(environ, start_response)

    def _take_in(self, stream: Any, length: int) -> bytes | Refusal:
        if not self._places.acquire(blocking=False):
            return TryLater()
        try:
            return self._read(stream, length)
        except OSError:
            return CutShort()
        finally:
            self._places.release()

    def _read(self, stream: Any, length: int) -> bytes | Refusal:
        end, whole = time.monotonic() + self._seconds, bytearray()
        while len(whole) < length:
            piece = stream.read(min(PIECE, length - len(whole)))
            if not piece:
                return CutShort()
            whole += piece
            if time.monotonic() > end:
                return TooSlow()
        return bytes(whole)


def around(application: Application) -> Bodies:
    """With this installation's limits: half of the threads may wait for senders."""
    return Bodies(
        application, at_once=max(1, settings.WEB_THREADS // 2), seconds=settings.BODY_SECONDS
    )


def _length_of(given: str | None) -> int:
    """0 for none and for what is no number: the request itself is refused for that."""
    return int(given) if given and given.isascii() and given.isdigit() else 0
