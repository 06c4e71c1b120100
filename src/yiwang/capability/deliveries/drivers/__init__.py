"""One file per courier company; ``settings.COURIER_DRIVER`` names the class (a ``CourierDriver``)."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from yiwang.capability.deliveries.definitions import CourierDriver
from yiwang.capability.deliveries.rules import CourierAway

__all__ = ["CourierAway", "get_driver"]


def get_driver() -> CourierDriver:
    """The company this installation posts with."""
    driver: CourierDriver = import_string(settings.COURIER_DRIVER)()
    return driver
