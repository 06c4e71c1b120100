"""Grants and requests for tests and for the sample province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from yiwang.foundation.agreements.actions import changed
from yiwang.foundation.agreements.definitions import GrantState, Origin, Way
from yiwang.foundation.agreements.models import DataGrant
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now

CONSUMER, PROVIDER = make_uscc("1", "1", "620102", 1), make_uscc("1", "1", "620000", 7)


@transaction.atomic
def grant(
    service: str,
    *,
    consumer_node: str = "62",
    consumer: str = CONSUMER,
    consumer_name: str = "城关区民政局（示例）",
    consumer_division: str = "620102000000",
    provider: str = PROVIDER,
    provider_name: str = "甘肃省公安厅（示例）",
    provider_division: str = "620000000000",
    resource: str = "",
    purposes: Sequence[str] = ("核对申请人情况",),
    items: Sequence[str] = (),
    needs_case: bool = False,
    fields: Sequence[str] = ("name",),
    clear_fields: Sequence[str] = (),
    way: Way = Way.CALL,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    per_day: int = 100_000,
    per_second: int = 1_000,
    state: GrantState = GrantState.ACTIVE,
    at: datetime | None = None,
) -> str:
    """A grant without its request; its key. ``service``: "<provider node>/<name>"."""
    at = at or now()
    row = DataGrant.objects.create(
        resource=resource,
        service=service,
        consumer=consumer,
        consumer_name=consumer_name,
        consumer_division=consumer_division,
        consumer_node=consumer_node,
        provider=provider,
        provider_name=provider_name,
        provider_division=provider_division,
        provider_node=service.partition("/")[0],
        purposes=list(purposes),
        items=list(items),
        needs_case=needs_case,
        fields=list(fields),
        clear_fields=list(clear_fields),
        way=way,
        valid_from=valid_from or at - timedelta(minutes=1),
        valid_until=valid_until or at + timedelta(days=365),
        per_day=per_day,
        per_second=per_second,
        state=state,
        origin=Origin.LOCAL,
        changed_at=at,
    )
    changed(row, actor=machine("sample"), at=at)
    return row.key


def fast_rows() -> list[tuple[object, ...]]:
    """What the fast side reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agreements_fast_grants ORDER BY key")
        return list(cursor.fetchall())
