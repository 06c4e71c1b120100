"""Parts of a table as Django fetches them through this node's own exchange, and the sheets of their days."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.calls import read_reply, send, sign
from yiwang.foundation.exchange.definitions import (
    Algorithm,
    CallStatus,
    Part,
    SheetView,
    Side,
)
from yiwang.foundation.exchange.models import Sheet, SystemKey
from yiwang.foundation.exchange.refusals import SystemTaken
from yiwang.foundation.exchange.rules import next_sum as next_sum
from yiwang.foundation.exchange.rules import sheet_text as sheet_text
from yiwang.kernel.actor import machine

_SECONDS: Final = 60.0
_AWAY: Final = "现在连不上交换节点"


def fetch_part(
    *,
    service: str,
    part: Mapping[str, Any],
    purpose: str,
    item: str,
    fields: Sequence[str],
    key: SystemKey,
    at: datetime,
    limit_seconds: float = _SECONDS,
) -> Part:
    """A part of a table in a department's name: what it is, its rows; or why there is none.

    Never raises for the other side's sake. Not inside a database transaction.
    """
    question = {"purpose": purpose, "item": item, "parameters": dict(part), "fields": list(fields)}
    body = json.dumps(question, ensure_ascii=False).encode()
    path = f"/exchange/v1/tables/{service}"
    try:
        _status, _headers, raw = send("POST", path, body, sign(key, path, body), limit_seconds)
        head, _separator, lines = raw.partition(b"\n")
        answer = json.loads(head)
        reply = read_reply(answer, service, at)
        found = answer["batch"] if reply.status is CallStatus.FOUND else {}
        if not isinstance(found, dict):
            raise ValueError("not a part")
    except (OSError, http.client.HTTPException, ValueError, KeyError, AttributeError):
        return Part(CallStatus.AWAY, {}, b"", refusal="PartnerAway", sentence=_AWAY)
    return Part(reply.status, found, lines, reply.message, reply.refusal, reply.sentence)


def key_of(department: str, at: datetime) -> SystemKey:
    """The key by which this node takes tables in a department's name; made at the first asking."""
    code = f"{settings.NODE}/tables-{department.lower()}"
    found = SystemKey.objects.filter(system__code=code, ended_at=None, algorithm=Algorithm.HMAC)
    if (key := found.order_by("-issued_at").first()) is not None:
        return key
    actor = machine("tables")
    with transaction.atomic():
        with contextlib.suppress(SystemTaken):
            actions.register_system(
                code=code, name="整表交换", department=department, actor=actor, at=at
            )
        issued = actions.issue_key(system=code, actor=actor, at=at)
    return SystemKey.objects.get(key_id=issued.key_id)


def keep_sheet(
    *,
    service: str,
    grant: str,
    partner: str,
    day: date,
    ours: tuple[int, str, str],
    theirs: tuple[int, str, str],
    at: datetime,
) -> None:
    """The receiving side's copy of a day's sheet: rows, sum and signature of each; the last one counts."""
    rows, total, signature = ours
    their_rows, their_sum, their_signature = theirs
    Sheet.objects.update_or_create(
        side=Side.CONSUMER,
        service=service,
        grant_key=grant,
        day=day,
        defaults={
            "partner": partner,
            "rows": rows,
            "sum": total,
            "signature": signature,
            "their_rows": their_rows,
            "their_sum": their_sum,
            "their_signature": their_signature,
            "at": at,
        },
    )


def list_sheets(
    *, service: str = "", side: Side | None = None, limit: int = 50
) -> tuple[SheetView, ...]:
    """Days' comparisons of tables, newest first, as this node keeps them."""
    wanted = {"service": service, "side": side}
    rows = Sheet.objects.filter(**{name: value for name, value in wanted.items() if value})
    return tuple(map(_sheet, rows.order_by("-day", "-id")[:limit]))


def list_taken(*, service: str, grant: str, limit: int = 50) -> tuple[SheetView, ...]:
    """The days of a table taken here under a grant, newest first."""
    rows = Sheet.objects.filter(side=Side.CONSUMER, service=service, grant_key=grant)
    return tuple(map(_sheet, rows.order_by("-day")[:limit]))


def find_newest(taken: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], SheetView]:
    """Of each (service, grant) taken here its last day."""
    rows = Sheet.objects.filter(
        side=Side.CONSUMER,
        service__in={service for service, _grant in taken},
        grant_key__in={grant for _service, grant in taken},
    ).order_by("service", "grant_key", "-day")
    newest = rows.distinct("service", "grant_key")
    return {(row.service, row.grant_key): _sheet(row) for row in newest}


def _sheet(row: Sheet) -> SheetView:
    return SheetView(
        side=row.side,
        service=row.service,
        partner=row.partner,
        day=row.day,
        rows=row.rows,
        their_rows=row.their_rows,
        sum=row.sum,
        their_sum=row.their_sum,
        equal=row.is_equal,
        at=row.at,
    )
