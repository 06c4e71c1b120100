"""Who hears what: the whole nervous system on one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yiwang.kernel.events import Event

WHO_HEARS: Mapping[type[Event], Sequence[Callable[..., None]]] = {}
