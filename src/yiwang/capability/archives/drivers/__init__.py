"""One file per receiving archive; ``settings.ARCHIVE_DRIVER`` names the class (an ``ArchiveDriver``)."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from yiwang.capability.archives.definitions.transfer import ArchiveDriver


def get_driver() -> ArchiveDriver:
    """The archive this installation hands over to."""
    driver: ArchiveDriver = import_string(settings.ARCHIVE_DRIVER)()
    return driver
