"""Nothing is announced into the void by oversight, nothing is deferred that nobody does."""

import ast
import importlib
import sys
from collections.abc import Collection, Iterator
from dataclasses import fields
from pathlib import Path

from tests.house.tree import ROOT, plant, sources
from yiwang.kernel.events import Event
from yiwang.mechanisms.jobs import registry
from yiwang.project import background, wiring


def all_events() -> list[type[Event]]:
    for source in sources():
        if source.shelf == "events" and source.storey not in ("kernel", ""):
            importlib.import_module(".".join(source.parts))
    return sorted(_below(Event), key=lambda event: event.__qualname__)


def _below(cls: type[Event]) -> Iterator[type[Event]]:
    for child in cls.__subclasses__():
        if (
            child.__module__.startswith("yiwang.")
            and getattr(sys.modules[child.__module__], child.__name__, None) is child  # slots
            and ".tests" not in child.__module__
            and child.name
        ):
            yield child
        yield from _below(child)


def unheard(
    events: Collection[type[Event]], heard: Collection[type[Event]], silent: Collection[str]
) -> list[str]:
    return [e.__name__ for e in events if e not in heard and e.name not in silent]


def personal_fields(events: Collection[type[Event]]) -> list[str]:
    words = (
        "citizen_id",
        "phone",
        "id_number",
        "account_no",
        "address",
        "person_name",
        "applicant_name",
    )
    return [
        f"{event.__name__}.{field.name}"
        for event in events
        for field in fields(event)
        if any(word in field.name for word in words)
    ]


def deferred_tasks(base: Path) -> Iterator[tuple[str, str]]:
    for source in sources(base):
        for node in ast.walk(source.syntax):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == "defer"
            ):
                for keyword in node.keywords:
                    if keyword.arg == "task" and isinstance(keyword.value, ast.Constant):
                        yield source.name, str(keyword.value.value)


def test_every_event_is_heard_or_said_to_be_unheard():
    assert unheard(all_events(), wiring.WHO_HEARS, wiring.UNHEARD) == []


def test_what_is_said_to_be_unheard_exists_and_is_unheard():
    known = {event.name for event in all_events()}
    heard = {event.name for event in wiring.WHO_HEARS}
    assert wiring.UNHEARD - known == set()
    assert wiring.UNHEARD & heard == set()


def test_a_planted_event_is_seen():
    class Planted(Event):
        name = "planted.planted"

    assert unheard([Planted], {}, ()) == ["Planted"]


def test_events_have_names_of_their_own_with_their_module_in_front():
    names = [event.name for event in all_events()]
    assert len(names) == len(set(names))
    assert [
        event.name
        for event in all_events()
        if event.name.split(".")[0] != event.__module__.split(".")[2]
    ] == []


def test_events_carry_references_not_persons():
    assert personal_fields(all_events()) == []


def test_every_deferred_task_is_known(tmp_path):
    background.know_all()
    assert [(f, t) for f, t in deferred_tasks(ROOT / "src") if t not in registry.TASKS] == []
    plant(tmp_path, "yiwang/support/letters/reactions.py", 'jobs.defer(task="letters.nobody")')
    assert list(deferred_tasks(tmp_path)) == [
        ("yiwang/support/letters/reactions.py", "letters.nobody")
    ]
