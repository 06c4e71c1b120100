"""The hall's own links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from yiwang.capability.halls.definitions import CLERKS, HALL_STAFF, KEEPERS
from yiwang.kernel.actor import Actor

WINDOW: Final = "/hall/"
TODAY: Final = "/hall/today/"
PLACES: Final = "/hall/places/"
READER: Final = "/hall/reader/"
#: Who sits at a window; who opens windows; who sees a day.
CLERK_ROLES, KEEPER_ROLES, STAFF_ROLES = CLERKS, KEEPERS, HALL_STAFF


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the hall; ``here`` marks the one shown."""

    href: str
    label: str
    here: bool


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by the identity middleware."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def links(request: HttpRequest) -> tuple[Link, ...]:
    """The pages this official may open."""
    actor, path = actor_of(request), request.path
    found = []
    if any(actor.has_role(role) for role in CLERK_ROLES):
        here = path == WINDOW or path.startswith(("/hall/turns/", "/hall/consultations/"))
        found.append(Link(WINDOW, "受理", here))
    found.append(Link(TODAY, "今日", path.startswith(TODAY)))
    if any(actor.has_role(role) for role in KEEPER_ROLES):
        found.append(Link(PLACES, "大厅和窗口", path.startswith(PLACES)))
    found.append(Link("/desk/", "办公", False))
    return tuple(found)
