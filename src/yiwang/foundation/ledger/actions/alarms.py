"""Alarms: raised once for the same evidence, kept for good, announced, and waiting for an answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.ledger.definitions import AlarmKind
from yiwang.foundation.ledger.events import LedgerAlarmRaised
from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.signed_lines import plain
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

_SELF: Final = machine("ledger")
log = logging.getLogger(__name__)

_ADD = """
INSERT INTO ledger_alarm (at, ledger, kind, digest, evidence) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (ledger, kind, digest) DO NOTHING RETURNING id
"""


def raise_alarm(
    *,
    ledger: str,
    kind: AlarmKind,
    evidence: Mapping[str, Any],
    at: datetime,
    about: Mapping[str, Any] | None = None,
) -> bool:
    """Keep the evidence and tell whoever listens; False when just this was told before.

    ``about``: what makes two alarms the same, when not the whole evidence does.
    """
    text, digest = plain(evidence), crypto.digest(plain(evidence if about is None else about))
    with transaction.atomic():
        if not prepared.run(_ADD, [at, ledger, kind.value, digest, text.decode()]):
            return False
        subject = f"ledger:{ledger}"
        told = LedgerAlarmRaised(
            subject=subject, at=at, ledger=ledger, kind=kind.value, digest=digest
        )
        journal.announce(told, actor=_SELF)
        exchange.raise_about_ledger(ledger=ledger, kind=kind.value, actor=_SELF, at=at)
    log.error("ledger alarm", extra={"ledger": ledger, "kind": kind.value, "digest": digest})
    return True
