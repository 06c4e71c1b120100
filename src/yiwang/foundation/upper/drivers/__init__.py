"""One file per platform above; ``settings.UPPER_DRIVER`` names the class (an ``UpperPlatform``)."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from yiwang.foundation.upper.definitions import UpperPlatform

__all__ = ["get_driver"]


def get_driver() -> UpperPlatform:
    """The platform above this installation."""
    driver: UpperPlatform = import_string(settings.UPPER_DRIVER)()
    return driver
