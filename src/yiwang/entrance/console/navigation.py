"""The console's own links, only of pages that exist, and who may follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yiwang.kernel.actor import Role

CONSOLE_ROLES: Final = (Role.OPERATOR,)
PAGES: Final = (("/console/", "健康"), ("/console/jobs/", "任务"), ("/console/journal/", "日志"))


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the console; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def links(path: str) -> tuple[Link, ...]:
    """The console's navigation for one page; the longest address that fits is here."""
    here = max((href for href, _label in PAGES if path.startswith(href)), key=len, default="")
    return tuple(Link(href, label, href == here) for href, label in PAGES)


def key_in(text: str) -> int:
    """The row a list begins after; 0, the beginning, for anything that is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
