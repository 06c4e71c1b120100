"""Which way of sharing opens which kind of service (条例 20: a request states the way). Pure, no Django.

Kinds of services and ways of sharing have the same names. An interface and a query service both answer
one question at a time; every other way opens its own kind alone: who may verify gets no records, who
may ask gets no whole table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yiwang.foundation.resources.definitions.codes import WAY_LABELS, Way

_OPENED_BY: Final[Mapping[str, frozenset[str]]] = {
    Way.CALL: frozenset({Way.CALL, Way.QUERY}),
    Way.QUERY: frozenset({Way.CALL, Way.QUERY}),
}


def fits(way: str, kind: str) -> bool:
    """May a grant of this way be used with a service of this kind?"""
    return way in _OPENED_BY.get(kind, frozenset({kind}))


def misfit(way: str, kind: str, *, whose: str = "授权") -> str:
    """Why not, without a full stop."""
    return f"{whose}的共享方式是“{_label(way)}”，这个服务是“{_label(kind)}”"


def _label(name: str) -> str:
    return WAY_LABELS[Way(name)] if name in set(Way) else name
