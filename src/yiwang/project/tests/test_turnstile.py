import threading
import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from yiwang.project import turnstile
from yiwang.project.turnstile import Busy, Turnstile, TurnstileMiddleware

FACTORY = RequestFactory()


class Working:
    """A view whose acts last until they are let go."""

    def __init__(self):
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()

    def __call__(self, request):
        if request.method == "POST":
            self.begun.release()
            assert self.go_on.wait(10)
        return HttpResponse("done")


@pytest.fixture
def rush():
    """Four at once, two in the line, all taken."""
    view = Working()
    with override_settings(WEB_THREADS=8):
        door = TurnstileMiddleware(view)
    answers = []
    acting = [
        threading.Thread(target=lambda: answers.append(door(FACTORY.post("/my/x/")).status_code))
        for _ in range(turnstile.AT_ONCE + 2)
    ]
    for one in acting:
        one.start()
    for _ in range(turnstile.AT_ONCE):
        assert view.begun.acquire(timeout=10)
    while door._acts._places._value:
        time.sleep(0.01)
    yield door
    view.go_on.set()
    for one in acting:
        one.join()
    assert answers == [200] * len(acting)  # who stood in the line had a turn


def test_in_a_rush_a_program_is_told_when_to_come_back(rush):
    answer = rush(FACTORY.post("/api/v1/drafts/x/submit"))
    assert answer.status_code == 503
    assert b'"Busy"' in answer.content
    assert 5 <= int(answer.headers["Retry-After"]) <= 15


def test_in_a_rush_a_person_gets_a_page_that_says_nothing_was_lost(rush):
    answer = rush(FACTORY.post("/my/drafts/x/", headers={"Accept": "text/html"}))
    assert answer.status_code == 503
    assert Busy.sentence in answer.content.decode()
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_in_a_rush_reading_walks_by(rush, method):
    assert rush(getattr(FACTORY, method)("/items/")).status_code == 200


def test_a_line_that_does_not_move_is_left():
    line = Turnstile(at_once=1, waiting=1, seconds=0.01)
    with line.passed(), pytest.raises(Busy), line.passed():
        raise AssertionError("nobody else had a turn")


def test_whoever_breaks_down_inside_gives_the_place_back():
    line = Turnstile(at_once=1, waiting=0, seconds=0.01)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), line.passed():
            raise ValueError("broken")


def test_the_times_to_come_back_are_spread():
    assert len({Busy().retry_after_seconds for _ in range(200)}) > 5
