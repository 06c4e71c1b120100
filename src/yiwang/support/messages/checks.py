"""Start-up checks: settings fail closed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def sms_leaves_for_real(**_: Any) -> list[CheckMessage]:
    """Outside the sample nobody could sign in by code if the simulator kept the messages."""
    if settings.SAMPLE or "simulator" not in settings.SMS_DRIVER:
        return []
    return [
        Error(
            "YIWANG_SMS_DRIVER is the simulator outside the sample installation",
            hint="Name a driver class, or set YIWANG_SAMPLE=1.",
            id="messages.E001",
        )
    ]
