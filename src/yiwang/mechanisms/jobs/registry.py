"""The names of background work. A task is a plain function taking keyword arguments::

    @registry.task("letters.render_pdf")
    def render_pdf(*, letter: str, actor: Actor, at: datetime) -> None: ...

    @registry.every(minutes=60, name="licences.expire")
    def expire(*, actor: Actor, at: datetime) -> None: ...

Safe to run twice; ``actor`` is the worker's machine identity and ``at`` the moment it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from yiwang.mechanisms.jobs.definitions import Periodic, Task

Function = TypeVar("Function", bound=Callable[..., object])

TASKS: dict[str, Task] = {}
PERIODIC: dict[str, Periodic] = {}


def task(name: str, *, attempts: int = 8) -> Callable[[Function], Function]:
    """Register a function under a stable name; a second function under it is a mistake."""

    def register(function: Function) -> Function:
        known = TASKS.get(name)
        if known is not None and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two tasks are named {name!r}")
        TASKS[name] = Task(name=name, function=function, attempts=attempts)
        return function

    return register


def every(*, minutes: int, name: str, attempts: int = 3) -> Callable[[Function], Function]:
    """Register a task the clock starts once in every ``minutes`` (1440 for daily)."""
    if minutes < 1:
        raise ValueError("a period is at least one minute")

    def register(function: Function) -> Function:
        task(name, attempts=attempts)(function)
        PERIODIC[name] = Periodic(task=TASKS[name], minutes=minutes)
        return function

    return register
