from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.events import Event
from yiwang.kernel.refusals import InvalidInput, NotAllowed
from yiwang.mechanisms.journal import actions, queries, registry
from yiwang.mechanisms.journal.definitions import CannotRetry
from yiwang.mechanisms.journal.models import Checkpoint, ParkedEvent, ParkedSubject

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
CLERK = machine("test")
OPERATOR = Actor(
    kind=ActorKind.OFFICIAL,
    reference="official:op",
    grants=(Grant(Role.OPERATOR, "620000000000", None),),
)
pytestmark = pytest.mark.django_db(transaction=True)


class Mood(StrEnum):
    GOOD = "GOOD"
    BAD = "BAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    name: ClassVar[str] = "scratch.counted"
    n: int
    mood: Mood = Mood.GOOD
    on: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Event):
    name: ClassVar[str] = "scratch.unheard"


broken: set[str] = set()
seen: list[Counted] = []


def write_down(*, event: Counted, position: int, **_: object) -> None:
    """A reaction with a database effect that would show if it happened twice."""
    seen.append(event)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scratch_effect (subject, n, position) VALUES (%s, %s, %s)",
            [event.subject, event.n, position],
        )
    if event.subject in broken:
        raise RuntimeError("13800138000 must not be shown")


def break_at_commit(*, event: Counted, **_: object) -> None:
    """Breaks a deferred constraint: the statement passes, the commit would not."""
    if event.subject in broken:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO scratch_child VALUES (999)")


@pytest.fixture(autouse=True)
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_listeners", {})
    monkeypatch.setattr(registry, "_events", {})
    registry.wire({Counted: [write_down]})
    broken.clear()
    seen.clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE scratch_effect (id serial PRIMARY KEY, subject text, n int, position bigint);"
            "CREATE TABLE scratch_parent (id int PRIMARY KEY);"
            "CREATE TABLE scratch_child (parent int REFERENCES scratch_parent"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE scratch_child, scratch_parent, scratch_effect")


def announce(subject: str, n: int, **facts: object) -> None:
    with transaction.atomic():
        actions.announce(Counted(subject=subject, at=AT, n=n, **facts), actor=CLERK)


def seal() -> None:
    while actions.seal(at=AT):
        pass


def effects(subject: str | None = None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM scratch_effect WHERE %s::text IS NULL OR subject = %s ORDER BY id",
            [subject, subject],
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_fact_is_heard_once_and_arrives_as_it_was_told() -> None:
    announce("case:1", 1, mood=Mood.BAD, on=date(2026, 3, 1), tags=("a", "b"))
    seal()
    assert actions.run_listeners(at=AT).heard == 1
    assert actions.run_listeners(at=AT).heard == 0
    assert seen == [
        Counted(subject="case:1", at=AT, n=1, mood=Mood.BAD, on=date(2026, 3, 1), tags=("a", "b"))
    ]


def test_nothing_is_heard_before_it_is_sealed_or_when_it_was_rolled_back() -> None:
    with transaction.atomic():
        actions.announce(Counted(subject="case:0", at=AT, n=0), actor=CLERK)
        transaction.set_rollback(True)
    announce("case:1", 1)
    assert actions.run_listeners(at=AT).heard == 0
    seal()
    actions.run_listeners(at=AT)
    assert effects() == [1]


def test_a_long_stretch_that_nobody_hears_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.listening, "SPAN", 10)
    with transaction.atomic():
        for number in range(25):
            actions.announce(Unheard(subject=f"case:{number}", at=AT), actor=CLERK)
    announce("case:1", 1)
    seal()
    rounds = 0
    while not effects():
        actions.run_listeners(at=AT)
        rounds += 1
    assert rounds == 3
    assert Checkpoint.objects.get().position == 26


def test_a_batch_that_is_full_stops_at_its_last_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.listening, "BATCH", 3)
    for number in range(7):
        announce("case:1", number)
    seal()
    heard = [actions.run_listeners(at=AT).heard for _ in range(4)]
    assert heard == [3, 3, 1, 0]
    assert effects() == list(range(7))


def test_a_failing_subject_is_parked_with_its_later_facts_and_others_go_on() -> None:
    broken.add("case:bad")
    for number in range(3):
        announce("case:bad", number)
        announce("case:good", number)
    seal()
    done = actions.run_listeners(at=AT)
    assert (done.heard, done.parked) == (3, 3)
    assert effects() == [0, 1, 2]
    (parked,) = queries.list_parked()
    assert (parked.subject, parked.waiting, parked.state, parked.attempts) == (
        "case:bad",
        3,
        "WAITING",
        1,
    )
    assert "RuntimeError" in parked.problem
    assert "13800138000" not in parked.problem


def test_a_subject_parked_while_the_clock_was_a_day_ahead_does_not_wait_a_day() -> None:
    broken.add("case:bad")
    announce("case:bad", 0)
    seal()
    actions.run_listeners(at=AT + timedelta(days=1))
    broken.clear()
    assert actions.run_listeners(at=AT).retried == 1
    assert queries.list_parked() == ()


def test_a_parked_subject_comes_free_in_order_when_the_cause_is_gone() -> None:
    broken.add("case:bad")
    announce("case:bad", 0)
    announce("case:bad", 1)
    seal()
    actions.run_listeners(at=AT)
    broken.clear()
    announce("case:bad", 2)
    seal()
    assert actions.run_listeners(at=AT + timedelta(seconds=1)).parked == 1
    assert effects() == []
    assert actions.run_listeners(at=AT + timedelta(seconds=30)).retried == 1
    assert effects("case:bad") == [0, 1, 2]
    assert queries.list_parked() == ()
    announce("case:bad", 3)
    seal()
    actions.run_listeners(at=AT + timedelta(seconds=31))
    assert effects("case:bad") == [0, 1, 2, 3]


def test_a_subject_that_fails_again_and_again_waits_for_an_operator() -> None:
    broken.add("case:bad")
    announce("case:bad", 0)
    seal()
    at, waits = AT, []
    for _ in range(20):
        actions.run_listeners(at=at)
        (parked,) = queries.list_parked()
        if parked.next_try_at is None:
            break
        waits.append(parked.next_try_at - at)
        at = parked.next_try_at
    assert parked.state == "OPERATOR"
    assert parked.attempts == 8
    assert all(a < b for a, b in pairwise(waits))
    assert max(waits) <= timedelta(hours=1.2)
    broken.clear()
    assert actions.run_listeners(at=at + timedelta(days=9)).retried == 0
    actions.retry_parked(key=parked.key, actor=OPERATOR, at=at)
    assert actions.run_listeners(at=at).retried == 1
    assert effects() == [0]


def test_an_operator_closes_with_a_reason_and_the_journal_knows() -> None:
    broken.add("case:bad")
    announce("case:bad", 0)
    announce("case:bad", 1)
    seal()
    actions.run_listeners(at=AT)
    (parked,) = queries.list_parked()
    with pytest.raises(InvalidInput):
        actions.close_parked(key=parked.key, reason=" ", actor=OPERATOR, at=AT)
    with pytest.raises(InvalidInput):
        actions.close_parked(key=parked.key, reason="已电话13800138000告知", actor=OPERATOR, at=AT)
    actions.close_parked(key=parked.key, reason="收件人已经注销，不再通知", actor=OPERATOR, at=AT)
    assert queries.list_parked() == ()
    entry = queries.list_entries(subject="case:bad")[-1]
    assert (entry.act, entry.actor, entry.facts["given_up"]) == ("CLOSE_PARKED", "official:op", 2)
    broken.clear()
    announce("case:bad", 2)
    seal()
    actions.run_listeners(at=AT)
    assert effects() == [2]
    with pytest.raises(CannotRetry):
        actions.close_parked(key=parked.key, reason="收件人已经注销", actor=OPERATOR, at=AT)


@pytest.mark.parametrize(
    "stranger",
    [
        CLERK,
        Actor(kind=ActorKind.PERSON, reference="person:1"),
        Actor(
            kind=ActorKind.OFFICIAL,
            reference="official:1",
            grants=(Grant(Role.APPROVER, "620000000000", None),),
        ),
    ],
)
def test_only_an_operator_retries_or_closes(stranger: Actor) -> None:
    with pytest.raises(NotAllowed):
        actions.retry_parked(key=1, actor=stranger, at=AT)
    with pytest.raises(NotAllowed):
        actions.close_parked(key=1, reason="关闭原因", actor=stranger, at=AT)


def test_a_row_that_would_fail_only_at_commit_parks_its_subject_not_the_batch() -> None:
    registry.wire({Counted: [break_at_commit]})
    for subject in ("case:1", "case:later", "case:2"):
        announce(subject, 1)
    seal()
    broken.add("case:later")
    assert actions.run_listeners(at=AT).heard == 2
    (parked,) = queries.list_parked()
    assert IntegrityError.__name__ in parked.problem


def test_effect_and_checkpoint_move_together_when_the_round_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SystemExit stands for whatever ends the process between an effect and the commit."""
    announce("case:1", 1)
    announce("case:2", 2)
    seal()

    def die(*, event: Counted, position: int, **more: object) -> None:
        write_down(event=event, position=position)
        if event.n == 2:
            raise SystemExit

    die.__module__ = write_down.__module__
    registry.wire({Counted: [die]})
    with pytest.raises(SystemExit):
        actions.run_listeners(at=AT)
    assert effects() == []
    registry.wire({Counted: [write_down]})
    actions.run_listeners(at=AT)
    assert effects() == [1, 2]


def test_each_fact_takes_effect_once_when_four_processes_listen() -> None:
    for number in range(60):
        announce(f"case:{number % 7}", number)
    seal()
    problems: list[BaseException] = []

    def listen() -> None:
        try:
            for _ in range(10):
                actions.run_listeners(at=AT)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=listen) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    actions.run_listeners(at=AT)
    assert problems == []
    assert effects() == list(range(60))


def test_a_late_fact_waits_behind_the_parked_one_even_when_an_operator_closes_meanwhile() -> None:
    broken.add("case:bad")
    announce("case:bad", 0)
    seal()
    actions.run_listeners(at=AT)
    (parked,) = queries.list_parked()
    announce("case:bad", 1)
    seal()
    broken.clear()
    closing = threading.Thread(
        target=lambda: (
            actions.close_parked(key=parked.key, reason="不再需要", actor=OPERATOR, at=AT),
            connection.close(),
        )
    )
    with transaction.atomic():
        Checkpoint.objects.select_for_update().get()
        closing.start()
        closing.join(0.3)
        assert closing.is_alive()
        listener = next(registry.listeners())
        actions.listening.hear(listener, at=AT)
    closing.join()
    assert ParkedSubject.objects.count() == ParkedEvent.objects.count() == 0
    assert effects() == []


def test_the_lag_of_a_listener_counts_positions_and_age() -> None:
    announce("case:1", 1)
    announce("case:1", 2)
    seal()
    (lag,) = queries.listener_lags(at=AT + timedelta(seconds=5))
    assert (lag.name, lag.waiting, lag.oldest_seconds) == (__name__, 2, 5.0)
    actions.run_listeners(at=AT)
    (lag,) = queries.listener_lags(at=AT + timedelta(seconds=5))
    assert (lag.position, lag.waiting, lag.oldest_seconds) == (2, 0, 0.0)


def wire_two() -> None:
    """The same fact heard by two listeners: one writes it down, the other may break."""

    def break_it(*, event: Counted, **_: object) -> None:
        if event.subject in broken:
            raise RuntimeError

    def note(*, event: Counted, position: int, **_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO scratch_effect (subject, n, position) VALUES (%s, %s, %s)",
                [event.subject, event.n, position],
            )

    break_it.__module__, note.__module__ = "scratch.first", "scratch.second"
    registry.wire({Counted: [break_it, note]})


def test_a_subject_parked_for_one_listener_is_heard_by_the_others_of_its_round() -> None:
    wire_two()
    broken.add("case:bad")
    for subject in ("case:bad", "case:good"):
        announce(subject, 1)
    seal()
    done = actions.run_listeners(at=AT)
    assert (done.heard, done.parked) == (3, 1)
    assert [one.listener for one in queries.list_parked()] == ["scratch.first"]
    assert effects() == [1, 1]


def test_a_listener_that_lags_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.listening, "BATCH", 2)
    for number in range(5):
        announce("case:1", number)
    seal()
    wire_two()
    Checkpoint.objects.create(listener="scratch.second", position=4)
    actions.run_listeners(at=AT)
    places = dict(Checkpoint.objects.values_list("listener", "position"))
    assert places == {"scratch.first": 2, "scratch.second": 5}
    assert effects() == [4]
    for _ in range(3):
        actions.run_listeners(at=AT)
    assert set(Checkpoint.objects.values_list("position", flat=True)) == {5}
    assert effects() == [4]


def test_a_look_with_nothing_to_hear_sends_two_statements(
    django_assert_num_queries: Any,
) -> None:
    announce("case:1", 1)
    seal()
    actions.run_listeners(at=AT)
    with django_assert_num_queries(2):
        actions.run_listeners(at=AT)


def test_two_events_may_not_share_a_name() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Impostor(Event):
        name: ClassVar[str] = "scratch.counted"

    with pytest.raises(ValueError, match="name of its own"):
        registry.wire({Counted: [write_down], Impostor: [write_down]})
    assert sys.modules[__name__] is not None
