"""Start-up checks: settings fail closed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from yiwang.kernel.identifiers import is_email


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


_SMTP = "yiwang.support.messages.drivers.smtp.Smtp"


@register()
def email_leaves_for_real(**_: Any) -> list[CheckMessage]:
    """Outside the sample a simulator would swallow e-mails; a mail server needs host and sender."""
    if "imulator" in settings.EMAIL_DRIVER and not settings.SAMPLE:
        return [
            Error(
                "YIWANG_EMAIL_DRIVER is the simulator outside the sample installation",
                hint="Name a driver class, or leave it empty: then no e-mails are sent.",
                id="messages.E002",
            )
        ]
    if settings.EMAIL_DRIVER != _SMTP:
        return []
    wrong = [
        name
        for name, right in (
            ("YIWANG_SMTP_HOST", bool(settings.SMTP_HOST)),
            ("YIWANG_SMTP_TLS", settings.SMTP_TLS in ("implicit", "starttls")),
            ("YIWANG_EMAIL_FROM", is_email(settings.EMAIL_FROM)),
        )
        if not right
    ]
    hint = "See docs/look-up/settings.md."
    return [Error(f"{name} is missing or wrong", hint=hint, id="messages.E003") for name in wrong]
