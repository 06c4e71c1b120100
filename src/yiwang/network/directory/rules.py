"""What follows from a division code alone; no database."""

from __future__ import annotations

from collections.abc import Collection

from yiwang.kernel.places import lineage as lineage
from yiwang.kernel.places import significant_prefix

_WIDTHS = (2, 4, 6, 9, 12)
#: Units that exist for statistics only: they add nothing to a name people say.
_NAMELESS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


def level_of(code: str) -> int:
    """1 province … 5 village."""
    return _WIDTHS.index(len(significant_prefix(code))) + 1


def nearest(code: str, among: Collection[str]) -> str | None:
    """The nearest division, itself or above it, that is in ``among``; None when there is none.

    Asked as “which place near me offers this?”.
    """
    return next((place for place in lineage(code) if place in among), None)


def join_name(parent_full_name: str, parent_name: str, name: str) -> str:
    """``甘肃省`` + ``兰州市`` → ``甘肃省兰州市``; statistical units and doubled names are left out."""
    if name in _NAMELESS or name == parent_name:
        return parent_full_name
    return parent_full_name + name
