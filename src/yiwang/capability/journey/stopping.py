"""A benefit that loses its ground: told in writing with time to object, stopped by an official after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from yiwang.capability.cases.definitions import CitationRow
from yiwang.capability.cases.queries import Inside
from yiwang.capability.entitlements import actions as entitlements
from yiwang.capability.entitlements import queries as entitlement_queries
from yiwang.capability.entitlements.definitions import EntitlementState, StopReason
from yiwang.capability.journey import letters
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import legal_date

#: 本地规定（示例）: how long somebody may object before a benefit stops.
OBJECT_WITHIN: Final = timedelta(days=15)
#: The announcement follows from an act that was somebody's own; who confirms the stop is an official.
_JOURNEY: Final = machine("journey")


def meanwhile(inside: Inside) -> str:
    """What a letter says about a benefit while its case is decided anew; "" when none is paid."""
    granted = entitlement_queries.find_case_entitlement(inside.reference)
    if granted is None or granted.state != EntitlementState.ACTIVE:
        return ""
    return (
        f"重新决定前，{granted.benefit_name}照常发放；重新决定不批准的，会另外书面告知从哪个月起停发、"
        "理由和您提出意见的期限。"
    )


def announce_end(
    *,
    inside: Inside,
    reason: StopReason,
    at: datetime,
    because: str = "",
    basis: Sequence[CitationRow] = (),
) -> None:
    """The case ended without a yes although its benefit is paid: say from when it stops, and why.

    It is paid until the days to object are over and an official stops it. Nothing to say when no
    benefit is paid, or its stop was announced already.
    """
    granted = entitlement_queries.find_case_entitlement(inside.reference)
    if granted is None or granted.state != EntitlementState.ACTIVE:
        return
    object_by = legal_date(at) + OBJECT_WITHIN
    entitlements.announce_stop(
        key=granted.key,
        version=granted.version,
        reason=reason,
        because=because,
        stops_on=_next_month(object_by),
        object_by=object_by,
        addressee=libraries.get_person(granted.person).name,
        body=inside.department_name,
        basis=letters.cite(basis),
        at=at,
        actor=_JOURNEY,
    )


def _next_month(day: date) -> date:
    year, month0 = divmod(day.year * 12 + day.month, 12)
    return date(year, month0 + 1, 1)
