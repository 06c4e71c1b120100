"""Asking others: good answers, and every way a source can go wrong."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.exchange import breaker, checking, simulator, sources
from yiwang.foundation.exchange.definitions import Found, Misbehaviour, Shape, SourceAway, Status

AT = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
LIMIT = 0.4
#: The simulator's slow source takes three times the limit: who waited for it took longer than this.
SLOW_ANSWERS_AFTER = 3 * LIMIT
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(sources, "_REGISTRY", {})
    breaker.forget_all()
    yield
    breaker.forget_all()


def provide(name, answer, *, shape=Shape.TEXT, remote=True):
    @sources.provides(name, label="姓名", source_label="人口库", shape=shape, remote=remote)
    def provider(*, subject, parameters):
        if isinstance(answer, Exception):
            raise answer
        return answer

    return provider


def ask(name="person.name", **more):
    return sources.ask(provider=name, subject="person:x", purpose="测试", at=AT, **more)


@pytest.mark.parametrize("remote", [True, False])
def test_an_answer_says_where_it_comes_from_and_when(remote, db):
    provide("person.name", "马晓燕", remote=remote)
    answer = ask()
    assert (answer.status, answer.value) == (Status.FOUND, "马晓燕")
    assert (answer.source, answer.source_label, answer.as_of) == ("person.name", "人口库", AT)


def test_a_source_may_say_since_when_it_is_true(db):
    provide("person.name", Found("马晓燕", LONG_AGO))
    assert ask().as_of == LONG_AGO


def test_no_record_is_an_answer_too(db):
    provide("person.name", None)
    assert ask().status is Status.NOT_FOUND


@pytest.mark.parametrize("remote", [True, False])
@pytest.mark.parametrize("fault", [SourceAway(), KeyError("name"), ValueError("bad"), OSError()])
def test_a_broken_source_is_away_and_nothing_is_raised(remote, fault, db):
    provide("person.name", fault, remote=remote)
    answer = ask()
    assert (answer.status, answer.value) == (Status.AWAY, None)
    assert answer.reason


def test_an_unknown_source_is_away(db):
    assert ask("nobody.knows").status is Status.AWAY


@pytest.mark.parametrize("mode", list(Misbehaviour))
@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        (Shape.TEXT, "马晓燕"),
        (Shape.DATE, date(1949, 12, 31)),
        (Shape.YES_NO, True),
        (Shape.OBJECT, {}),
    ],
)
def test_however_a_source_misbehaves_nothing_false_is_believed(mode, shape, answer, db):
    provide("person.name", answer, shape=shape)
    with simulator.misbehaving("person.name", mode):
        began = time.monotonic()
        got = ask(limit_seconds=LIMIT)
        assert time.monotonic() - began < SLOW_ANSWERS_AFTER
    assert (got.status, got.value) == (Status.AWAY, None)


def test_a_slow_source_does_not_hold_up_the_others(db):
    provide("slow.one", "x")
    provide("quick.one", "y")
    asked = [sources.Question(name, "person:x") for name in ("slow.one", "quick.one", "slow.one")]
    with simulator.misbehaving("slow.one", Misbehaviour.SLOW):
        began = time.monotonic()
        answers = sources.ask_all(asked, purpose="测试", limit_seconds=LIMIT)
        assert time.monotonic() - began < SLOW_ANSWERS_AFTER
    assert [a.status for a in answers] == [Status.AWAY, Status.FOUND, Status.AWAY]


@pytest.mark.django_db(transaction=True)
def test_other_machines_are_not_asked_inside_a_transaction():
    provide("person.name", "x")
    with transaction.atomic(), pytest.raises(RuntimeError):
        ask()
    assert ask().status is Status.FOUND


def test_nobody_is_asked_without_a_purpose(db):
    provide("person.name", "x")
    with pytest.raises(ValueError):
        sources.ask(provider="person.name", subject="person:x", purpose="")


def test_a_source_that_keeps_failing_is_left_in_peace_and_tried_again(db):
    calls = []

    @sources.provides("person.name", label="", source_label="", remote=False)
    def provider(*, subject, parameters):
        calls.append(subject)
        raise SourceAway

    for _ in range(breaker.FAILURES + 3):
        ask()
    assert len(calls) == breaker.FAILURES
    assert breaker.resting("person.name")
    later = time.monotonic() + breaker.REST_SECONDS + 1
    assert breaker.may_call("person.name", now=later)
    assert not breaker.may_call("person.name", now=later), "only one tries"
    breaker.succeeded("person.name")
    assert breaker.may_call("person.name")


def test_two_functions_cannot_have_one_name(db):
    provide("person.name", "x")
    with pytest.raises(ValueError):

        @sources.provides("person.name", label="", source_label="")
        def another(*, subject, parameters):
            return None


def test_misbehaviour_is_switched_for_every_process_of_the_sample_only(tmp_path, settings, db):
    settings.YIWANG_HOME, settings.SAMPLE = tmp_path, True
    provide("person.name", "x")
    simulator.set_misbehaviour("person.name", Misbehaviour.AWAY)
    assert ask().status is Status.AWAY
    settings.SAMPLE = False
    assert ask().status is Status.FOUND
    settings.SAMPLE = True
    simulator.set_misbehaviour("person.name", None)
    assert ask().status is Status.FOUND
    with pytest.raises(ValueError):
        simulator.set_misbehaviour("../../etc/passwd", Misbehaviour.AWAY)


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Shape.TEXT, ""), (Shape.TEXT, 7), (Shape.TEXT, "a\x00"), (Shape.TEXT, "\ud800"),
        (Shape.TEXT, "x" * 5000), (Shape.NUMBER, True), (Shape.NUMBER, float("nan")),
        (Shape.DATE, "2026-02-30"), (Shape.DATE, "20260201"), (Shape.YES_NO, "true"),
        (Shape.OBJECT, []), (Shape.OBJECT, {"a": "x" * 70_000}), (Shape.LIST, "abc"),
        (Shape.OBJECT, {"a": object()}), (Shape.FILE, {"filename": "x"}),
    ],
)  # fmt: skip
def test_what_was_not_promised_is_not_believed(shape, value):
    with pytest.raises(checking.NotWhatWasPromised):
        checking.check(value, shape)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
    st.sampled_from(list(Shape)),
)
def test_checking_believes_or_refuses_and_never_falls_over(value, shape):
    try:
        checking.check(value, shape)
    except checking.NotWhatWasPromised:
        return
