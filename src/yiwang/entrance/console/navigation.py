"""The console's own links, only of pages that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PAGES: Final = (("/console/journal/", "日志"),)


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the console; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(path: str) -> tuple[Link, ...]:
    """The console's navigation for one page."""
    return tuple(Link(href, label, path.startswith(href)) for href, label in PAGES)
