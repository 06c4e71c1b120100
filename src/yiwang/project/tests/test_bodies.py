"""A sender who is slow, stops, or lies about the length; and that reading goes on beside him."""

from __future__ import annotations

import threading
from io import BytesIO

import pytest

from yiwang.project import bodies


class Drip:
    """Hands over so many bytes at a time, and looks at nothing else."""

    def __init__(self, content: bytes, *, pause: float = 0.0) -> None:
        self._content, self._pause = BytesIO(content), threading.Event()
        self._seconds = pause

    def read(self, size: int) -> bytes:
        self._pause.wait(self._seconds)
        return self._content.read(size)


class Broken:
    def read(self, size: int) -> bytes:
        raise ConnectionResetError


def seen(stream, *, length: int, seconds: float = 5.0, at_once: int = 2, wrapped=None):
    """What the application inside is given: the refusal and the body."""
    given: list = []

    def inside(environ, _start_response):
        given.append((environ.get(bodies.REFUSAL), environ["wsgi.input"].read()))
        return []

    around = wrapped or bodies.Bodies(inside, at_once=at_once, seconds=seconds)
    around({"CONTENT_LENGTH": str(length), "wsgi.input": stream}, lambda *_: None)
    return given[0] if given else None


def test_a_body_arrives_whole() -> None:
    whole = bytes(range(256)) * 40
    assert seen(Drip(whole), length=len(whole)) == (None, whole)


def test_a_sender_who_takes_too_long_is_given_up() -> None:
    refusal, body = seen(Drip(bytes(9000), pause=0.05), length=9000, seconds=0.2)
    assert isinstance(refusal, bodies.TooSlow)
    assert (refusal.status, body) == (408, b"")


@pytest.mark.parametrize("stream", [Drip(b"half"), Broken()])
def test_a_body_that_ends_early_is_no_body(stream) -> None:
    refusal, body = seen(stream, length=10)
    assert isinstance(refusal, bodies.CutShort)
    assert body == b""


def test_only_so_many_wait_for_senders_and_the_next_comes_back() -> None:
    answers: list = []
    slow = threading.Event()

    class Still:
        def read(self, size: int) -> bytes:
            slow.wait(5)
            return b""

    def inside(environ, _start_response):
        answers.append(environ.get(bodies.REFUSAL))
        return []

    around = bodies.Bodies(inside, at_once=1, seconds=5)
    environ = {"CONTENT_LENGTH": "5", "wsgi.input": Still()}
    waiting = threading.Thread(target=around, args=(environ, lambda *_: None))
    waiting.start()
    while around._places.acquire(blocking=False):
        around._places.release()
    around({"CONTENT_LENGTH": "5", "wsgi.input": Still()}, lambda *_: None)
    assert answers[0].status == 503
    around({"wsgi.input": Still()}, lambda *_: None)  # no body: nobody is waited for
    assert answers[1] is None
    slow.set()
    waiting.join()
    assert isinstance(answers[2], bodies.CutShort)
