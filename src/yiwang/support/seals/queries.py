"""Which seal machine stands behind the port now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings

from yiwang.support.seals.definitions import SealDriver
from yiwang.support.seals.drivers.sample import SampleSeal

DRIVERS: Final[Mapping[str, Callable[[], SealDriver]]] = {"sample": SampleSeal}


def get_driver() -> SealDriver:
    """The driver named by the setting ``SEAL_DRIVER``; KeyError for an unknown name, never another."""
    return DRIVERS[getattr(settings, "SEAL_DRIVER", "sample")]()
