"""Who hears what, given by ``project.wiring`` at start: the journal imports nothing above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yiwang.kernel.events import Event

Reaction = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Listener:
    """One reactions module: its checkpoint's name, and its functions by the event's name."""

    name: str
    reactions: Mapping[str, tuple[Reaction, ...]]


_listeners: dict[str, Listener] = {}
_events: dict[str, type[Event]] = {}


def wire(who_hears: Mapping[type[Event], Sequence[Reaction]]) -> None:
    """Take the table of events and reactions; called once, by the project's start-up."""
    grouped: dict[str, dict[str, list[Reaction]]] = {}
    _events.clear()
    for event, reactions in who_hears.items():
        if not event.name or _events.get(event.name, event) is not event:
            raise ValueError(f"{event.__name__} needs a name of its own")
        _events[event.name] = event
        for reaction in reactions:
            grouped.setdefault(reaction.__module__, {}).setdefault(event.name, []).append(reaction)
    _listeners.clear()
    for name, by_event in grouped.items():
        _listeners[name] = Listener(name, {k: tuple(v) for k, v in by_event.items()})


def listeners() -> Iterator[Listener]:
    """Every listener, by name."""
    return iter([_listeners[name] for name in sorted(_listeners)])


def event_class(name: str) -> type[Event]:
    """The class behind a stored event's name; KeyError when nobody is wired to it."""
    return _events[name]
