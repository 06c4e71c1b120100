"""主节点印章: the host seals for this node. It is told the digest and the facts of the seal field, nothing
else; what it answers is checked against its public key before it is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus
from yiwang.mechanisms.crypto import rules as crypto_rules
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeView
from yiwang.support.seals import rules
from yiwang.support.seals.definitions import (
    PURPOSE,
    SEALING,
    WAITING_MARK,
    Outcome,
    SealField,
    SealValue,
)
from yiwang.support.seals.models import SealUse
from yiwang.support.seals.refusals import (
    MarkDiffers,
    SealAway,
    SealNotGenuine,
    SealNotPermitted,
)

_SECONDS: Final = 8.0


class HostSeal:
    """Asks the host's seal service through the exchange; grant, purpose and case are in both receipts."""

    name = "host"

    def mark_before(self, body: str) -> str:
        return WAITING_MARK if body else ""

    def mark_on(self, body: str) -> str:
        """What the host's newest seal wanted printed; it says so when it wants another."""
        if not body:
            return ""
        row = SealUse.objects.filter(made_here=False).order_by("-id").first()
        facts = rules.read_statement(row.statement) if row else None
        return str(facts["mark"]) if facts else ""

    def seal(self, digest: str, *, mark: str, field: SealField, at: datetime) -> SealValue:
        """The host's seal value, kept here as well, so that it can be shown without the host.

        A paper that bears no body's seal, an applicant's own undertaking, stays as it is.
        """
        if not field.body:
            return SealValue(driver=self.name, sealed=False, mark="")
        host = nodes.find_host()
        if host is None:  # it has joined nobody yet
            raise SealAway
        reply = calls.call(
            service=SEALING.code_at(host.code),
            parameters=_told(digest, mark, field),
            purpose=PURPOSE,
            item=field.item or "文书",
            case=field.case,
            limit_seconds=_SECONDS,
        )
        if reply.status is CallStatus.REFUSED:
            raise SealNotPermitted(reply.sentence)
        if reply.status is not CallStatus.FOUND or not isinstance(reply.value, Mapping):
            raise SealAway
        return _read(reply.value, host, digest, mark, field, at)


def _told(digest: str, mark: str, field: SealField) -> dict[str, str]:
    return {
        "body": field.body,
        "digest": digest,
        "title": field.title,
        "number": field.number,
        "case": field.case,
        "item": field.item,
        "mark": mark,
    }


def _read(
    value: Mapping[str, Any],
    host: NodeView,
    digest: str,
    mark: str,
    field: SealField,
    at: datetime,
) -> SealValue:
    outcome = value.get("outcome")
    if outcome == Outcome.MARK and value.get("mark") != mark:
        raise MarkDiffers(str(value.get("mark", ""))[:32])
    if outcome == Outcome.DENIED:
        raise SealNotPermitted(str(value.get("reason", ""))[:200])
    statement, signature = str(value.get("statement", "")), str(value.get("signature", ""))
    facts = rules.read_statement(statement) or {}
    wanted = {
        "host": host.code,
        "node": settings.NODE,
        "body": field.body,
        "title": field.title,
        "number": field.number,
        "digest": digest,
        "mark": mark,
    }
    if outcome != Outcome.SEALED or not wanted.items() <= facts.items():
        raise SealNotGenuine
    if not _is_signed(host, statement, signature):
        raise SealNotGenuine
    _keep(facts, statement, signature, field, at)
    return SealValue(
        driver=f"host:{facts['driver']}",
        sealed=facts["sealed"],
        mark=mark,
        no=facts["no"],
        statement=statement,
        signature=signature,
    )


def _is_signed(host: NodeView, statement: str, signature: str) -> bool:
    return any(
        crypto_rules.is_signed_by(statement.encode(), signature, key_id=key.key_id, point=key.point)
        for key in host.keys
    )


def _keep(
    facts: Mapping[str, Any], statement: str, signature: str, field: SealField, at: datetime
) -> None:
    """Once: the same document sealed again is the same use."""
    SealUse.objects.get_or_create(
        node=settings.NODE,
        body=field.body,
        digest=facts["digest"],
        made_here=False,
        defaults={
            "no": facts["no"],
            "division_code": settings.NODE_DIVISION,
            "statement": statement,
            "signature": signature,
            "document": field.document,
            "case": field.case,
            "item": field.item,
            "made_at": at,
        },
    )
