"""The three lists and the census, all computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Need:
    """What a published item asks of others: a source by its registered name, or a paper still asked for.

    ``why``: where in the item it stands; ``basis``: the article by which the item may ask.
    """

    source: str
    label: str
    why: str
    basis: str = ""
    element: str = ""
    paper: bool = False


class DemandState(StrEnum):
    """What becomes of a need."""

    SUPPLIED = "SUPPLIED"
    REFUSED = "REFUSED"
    MISSING = "MISSING"


DEMAND_LABELS: Final[Mapping[DemandState, str]] = {
    DemandState.SUPPLIED: "有来源",
    DemandState.REFUSED: "依法不予共享",
    DemandState.MISSING: "还没有来源",
}


@dataclass(frozen=True, slots=True)
class Demand:
    """需求清单: one datum one item needs, and where it comes from."""

    key: str
    item_code: str
    item_name: str
    department: str
    department_name: str
    element: str
    label: str
    why: str
    basis: str
    state: DemandState
    paper: bool
    resource: str = ""  # key
    resource_name: str = ""
    provider_name: str = ""

    @property
    def state_label(self) -> str:
        return DEMAND_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class Duty:
    """责任清单: one datum one body must supply, and to which items."""

    element: str
    label: str
    provider: str
    provider_name: str
    resource: str
    resource_name: str
    items: tuple[str, ...]
    departments: tuple[str, ...]


class BasisDoubt(StrEnum):
    """What became of an article since the entry that stands on it was published."""

    CHANGED = "CHANGED"
    GONE = "GONE"


DOUBT_LABELS: Final[Mapping[str, str]] = {
    BasisDoubt.CHANGED: "条文改了",
    BasisDoubt.GONE: "现行法规里没有这一条了",
}


def doubt_of(*, noted: str, now: str) -> str:
    """What became of an article: the digest that was noted against the one of today, "" where nothing holds."""
    if not now:
        return BasisDoubt.GONE
    return "" if now == noted else BasisDoubt.CHANGED


@dataclass(frozen=True, slots=True)
class Negative:
    """负面清单: one resource that is not shared, and the article that says so. ``doubt``: the article is
    another one than on the day of publication, since ``doubt_on``; to be looked at."""

    key: str
    code: str
    name: str
    provider_name: str
    law: str
    article: str
    class_label: str
    condition: str
    doubt: str = ""
    doubt_on: date | None = None

    @property
    def doubt_label(self) -> str:
        return DOUBT_LABELS.get(self.doubt, "")


@dataclass(frozen=True, slots=True)
class Missing:
    """A need without a source: nobody has it in the catalogue."""

    label: str
    element: str
    items: tuple[str, ...]
    paper: bool


@dataclass(frozen=True, slots=True)
class Census:
    """普查: what the catalogue has and what it lacks."""

    published: int
    drafts: int
    withdrawn: int
    by_sharing: Mapping[str, int]
    items: int
    providers: int
    needs: int
    supplied: int
    missing: tuple[Missing, ...]
    without_source: tuple[
        tuple[str, str], ...
    ]  # (element, name): held somewhere, nobody is the source
    silent: tuple[tuple[str, str], ...]  # (USCC, name): bodies with nothing in the catalogue
    waiting: int  # submitted and not yet checked
    late: int  # of these, past their day
    oldest_due: date | None
    to_look_at: tuple[Negative, ...] = ()  # whose article changed or is gone, at most 200

    @property
    def share_supplied(self) -> int:
        """Per cent of needs that have a source, rounded down; 100 when nothing is needed."""
        return self.supplied * 100 // self.needs if self.needs else 100
