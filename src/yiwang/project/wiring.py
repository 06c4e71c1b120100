"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from yiwang.capability.cases.events import CaseDecided, CaseSubmitted
from yiwang.capability.reviews.events import ReviewGiven
from yiwang.centre.indicators import reactions as indicators
from yiwang.kernel.events import Event

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {
    CaseSubmitted: [indicators.count_submitted],
    CaseDecided: [indicators.count_decided],
    ReviewGiven: [indicators.count_review],
}


def know_background_work() -> None:
    """Import every module of background work, so that its tasks are known by name."""
    for name in background_modules():
        importlib.import_module(name)


def background_modules() -> tuple[str, ...]:
    """Every ``jobs`` and ``reactions`` module of the house, by its dotted name."""
    source = Path(__file__).resolve().parents[2]
    found = [
        path.relative_to(source).with_suffix("")
        for path in sorted((source / "yiwang").rglob("*.py"))
        if path.stem in ("jobs", "reactions") and "tests" not in path.parts
    ]
    return tuple(".".join(path.parts) for path in found)
