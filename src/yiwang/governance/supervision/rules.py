"""Who may do what with a card, and when it goes to the next superior. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from yiwang.governance.supervision.definitions import CardState
from yiwang.kernel.actor import CASE_STAFF, Role

#: After the body's own head: the leader of its place, then of the place above.
HIGHEST: Final = 2
EXPLAIN, ASK, CONFIRM, DECLINE = "explain", "ask_cancel", "confirm_cancel", "decline_cancel"
_SECOND: Final = (Role.HEAD, Role.APPROVER)


def acts(
    held: Collection[Role],
    *,
    who: str,
    state: str,
    on_card: str,
    asked_by: str,
    asked_as_head: bool,
) -> tuple[str, ...]:
    """What somebody holding these roles where the card lies may do.

    Whom the card is about does not cancel it; who asks does not decide; one of the two is a head.
    """
    found = []
    if state == CardState.ISSUED and any(role in held for role in CASE_STAFF):
        found.append(EXPLAIN)
    second = any(role in held for role in _SECOND) and who != on_card
    if state in (CardState.ISSUED, CardState.EXPLAINED) and second:
        found.append(ASK)
    if state == CardState.CANCEL_ASKED and second and who != asked_by:
        if asked_as_head or Role.HEAD in held:
            found += [CONFIRM, DECLINE]
    return tuple(found)


def level_after(*, working_days: int, after: int) -> int:
    """To which superior a red card nobody explained belongs by now; 0: still with the body itself."""
    return min(working_days // after, HIGHEST)
