"""The owner is told when a way into his account changes: a thief's change must not pass in silence."""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.references import reference
from yiwang.support.identity.models import Account
from yiwang.support.messages import actions as messages


def tell_owner(account: Account, what: str, *, at: datetime) -> None:
    """In the inbox and, where a phone is known, by short message; in the caller's transaction."""
    messages.tell(
        recipient=account.subject,
        template="account-changed",
        values={"text": what},
        subject=reference("account", account.key),
        at=at,
    )
