"""Service items by the names people know."""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.capability.catalogue import queries as catalogue


def names_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Each item's name; a code of no item here stays as it was written."""
    found = ((code, catalogue.find_item(code)) for code in codes)
    return tuple(version.item.name if version else code for code, version in found)
