"""Benefits for tests and the sample province."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from yiwang.capability.entitlements import actions
from yiwang.capability.entitlements.definitions import EntitlementView
from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import make_uscc

DEPARTMENT: Final = make_uscc("1", "1", "620102", 21)
DIVISION: Final = "620102000000"


def grant(
    *,
    case: str,
    person: str,
    starts_on: date,
    at: datetime,
    actor: Actor,
    monthly_fen: int = 6000,
    account: str = "6217000000000000417",
) -> EntitlementView:
    """One elderly allowance, 60 yuan a month unless said otherwise."""
    return actions.grant(
        case=case,
        person=person,
        benefit="elderly-allowance",
        benefit_name="高龄津贴",
        monthly_fen=monthly_fen,
        starts_on=starts_on,
        division_code=DIVISION,
        department=DEPARTMENT,
        account=account,
        account_name="马晓燕",
        at=at,
        actor=actor,
    )
