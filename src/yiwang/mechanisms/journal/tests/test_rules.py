from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from typing import ClassVar, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yiwang
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.events import Event
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.journal import rules
from yiwang.mechanisms.journal.definitions import PersonalValueInJournal

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PLAIN = (str, int, bool, date, datetime, type(None))


class Colour(StrEnum):
    RED = "RED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything(Event):
    name: ClassVar[str] = "scratch.everything"
    text: str
    number: int
    yes: bool
    nothing: str | None = None
    day: date | None = None
    moment: datetime | None = None
    colour: Colour = Colour.RED
    several: tuple[str, ...] = ()


def every_event() -> list[type[Event]]:
    """Each event any module announces (a dataclass with slots leaves an unused twin behind)."""
    found = []
    for module in pkgutil.walk_packages(yiwang.__path__, "yiwang."):
        if module.name.endswith(".events"):
            loaded = importlib.import_module(module.name)
            found += [v for v in vars(loaded).values() if isinstance(v, type)]
    return [e for e in dict.fromkeys(found) if issubclass(e, Event) and e.name]


@given(
    text=st.text(),
    number=st.integers(),
    yes=st.booleans(),
    nothing=st.none() | st.text(),
    day=st.none() | st.dates(),
    moment=st.none() | st.datetimes(timezones=st.just(UTC)),
    several=st.lists(st.text()).map(tuple),
)
def test_an_event_comes_back_from_its_stored_facts(**facts: object) -> None:
    event = Everything(subject="case:1", at=AT, **facts)
    stored = json.loads(json.dumps(rules.facts_of(event)))
    assert rules.event_of(Everything, subject="case:1", at=AT, facts=stored) == event


def test_facts_an_event_no_longer_knows_are_left_out_and_missing_ones_are_noticed() -> None:
    stored = {"text": "a", "number": 1, "yes": True, "old": "x"}
    assert rules.event_of(Everything, subject="s", at=AT, facts=stored).text == "a"
    with pytest.raises(TypeError):
        rules.event_of(Everything, subject="s", at=AT, facts={"text": "a"})


@pytest.mark.parametrize("value", [1.5, b"x", {"a": 1}, object()])
def test_what_is_no_plain_fact_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        rules.plain(value)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.name)
def test_every_event_of_the_house_carries_plain_facts_only(event: type[Event]) -> None:
    hints = get_type_hints(event)
    for field in fields(event):
        kinds = [k for k in (get_args(hints[field.name]) or (hints[field.name],)) if k is not ...]
        assert all(k in PLAIN or issubclass(k, Enum) for k in kinds), field.name


def test_no_two_events_of_the_house_share_a_name() -> None:
    names = [event.name for event in every_event()]
    assert len(names) == len(set(names)) > 0


def test_the_body_says_who_in_which_role_for_whom_and_in_utc() -> None:
    official = Actor(
        kind=ActorKind.OFFICIAL,
        reference="official:1",
        on_behalf_of=None,
        grants=(
            Grant(Role.APPROVER, "620102000000", "11620102MB0000000A"),
            Grant(Role.APPROVER, "620103000000", None),
        ),
        request_id="r1",
    )
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    told = {"act": "DECIDE", "subject": "case:1", "purpose": "办理", "result": "DONE"}
    body = rules.body_of(
        actor=official, at=shanghai, facts={"b": 1, "a": "甲"}, subjects=(), **told
    )
    found = json.loads(body)
    assert found["at"] == "2026-03-02T01:30:00.000000+00:00"
    assert (found["roles"], found["departments"]) == (["APPROVER"], ["11620102MB0000000A"])
    assert found["request_id"] == "r1"
    assert body == json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "value", ["13800138000", "电话13800138000。", "11010519491231002X", "身份证11010519491231002x"]
)
def test_a_personal_number_never_enters(value: str) -> None:
    with pytest.raises(PersonalValueInJournal):
        rules.refuse_personal_values(f'{{"note":"{value}"}}')


@pytest.mark.parametrize(
    "value",
    [
        "620102000000",  # a division
        "110105194912310021",  # a wrong check character
        "case:13800138000abcde",  # a key that looks like it
        "20260302000013800138000",  # a case number
        "91620100MA7313800X",  # a credit code
        "2026-03-02T01:30:00.138001",
    ],
)
def test_a_number_that_is_nobodys_may_enter(value: str) -> None:
    rules.refuse_personal_values(f'{{"note":"{value}"}}')


@given(st.text(min_size=1), st.integers(min_value=1, max_value=7))
def test_each_wait_is_longer_than_the_one_before_up_to_an_hour(subject: str, attempts: int) -> None:
    wait = rules.next_try_at(subject, attempts=attempts, at=AT) - AT
    assert timedelta(seconds=10) <= wait <= timedelta(seconds=3600 * 1.2)
    if attempts > 1:
        before = rules.next_try_at(subject, attempts=attempts - 1, at=AT) - AT
        assert wait > before


def test_after_eight_tries_a_person_must_look() -> None:
    assert rules.next_try_at("case:1", attempts=8, at=AT) is None


def test_a_problem_names_kind_and_place_and_a_refusals_own_sentence() -> None:
    try:
        raise ValueError("张三 13800138000")
    except ValueError as error:
        problem = rules.problem_of(error)
    assert problem.startswith("ValueError（")
    assert "test_rules.py:" in problem
    assert "张三" not in problem
    assert NotFound.sentence in rules.problem_of(NotFound())
