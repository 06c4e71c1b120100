"""Who may do what about a promise, and what its acts ask. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from yiwang.capability.commitments.definitions import Act
from yiwang.kernel.actor import Role

#: Who looks into commitments and late materials.
CHECKERS: Final = frozenset({Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD})
_REVOKING: Final = (Act.FIND_FALSE, Act.FIND_NOT_CORRECTED)


def may_take(held: Collection[Role], act: str, *, chained: bool) -> bool:
    """Do these roles reach for an official's act? The word that costs a licence is the head's (as 撤销 is);
    where nobody signs in a chain, an approver's too."""
    if act in _REVOKING:
        return Role.HEAD in held or (Role.APPROVER in held and not chained)
    return bool(CHECKERS & set(held))


def facts(
    *, correctable: bool, due_on: date | None, reported: bool, today: date
) -> Mapping[str, bool]:
    """What the guards of a commitment ask: the term is over, or the applicant says it is put right."""
    over = due_on is not None and today > due_on
    return {"correctable": correctable, "correction_over": over or reported}
