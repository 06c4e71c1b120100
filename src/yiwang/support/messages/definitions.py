"""Messages and the templates they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message to one recipient, opened for him."""

    key: str
    title: str
    body: str
    subject: str
    sent_at: datetime
    read_at: datetime | None
