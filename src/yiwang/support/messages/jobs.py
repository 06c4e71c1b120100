"""Short messages and e-mails leave in the background."""

from __future__ import annotations

from datetime import datetime

from yiwang.mechanisms.jobs.registry import task
from yiwang.support.messages import actions


@task("messages.send_sms")
def send_sms(*, sms: str, at: datetime, **_: object) -> None:
    """One short message to the gateway."""
    actions.send_sms(sms=sms, at=at)


@task("messages.send_email", attempts=20)
def send_email(*, email: str, at: datetime, **_: object) -> None:
    """One e-mail to the mail server, tried again for ten hours."""
    actions.send_email(email=email, at=at)
