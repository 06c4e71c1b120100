"""Which fact is told to whom, by which notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yiwang.foundation.agreements import events
from yiwang.kernel.actor import Role


class Told(StrEnum):
    """Whose officials hear of it."""

    CONSUMER = "CONSUMER"
    PROVIDER = "PROVIDER"
    AUTHORITY = "AUTHORITY"  # 数据共享主管部门 of the place, or the next above that has one


@dataclass(frozen=True, slots=True)
class Rule:
    """The notice of one fact, and who gets it."""

    notice: str
    told: tuple[Told, ...]


#: Who in a body hears of its data: who does the work and who signs.
OFFICE: Final = (Role.DATA_OFFICER, Role.HEAD)
_C, _P, _A = Told.CONSUMER, Told.PROVIDER, Told.AUTHORITY
OF_REQUEST: Final[Mapping[type[events.AgreementEvent], Rule]] = {
    events.DataRequested: Rule("data-request-arrived", (_P,)),
    events.MissingTold: Rule("data-request-missing", (_C,)),
    events.MissingSupplied: Rule("data-request-supplied", (_P,)),
    events.LongerAsked: Rule("data-request-longer-asked", (_A,)),
    events.LongerConsented: Rule("data-request-longer", (_C, _P)),  # 条例 21: who asks is told
    events.LongerDeclined: Rule("data-request-not-longer", (_P,)),
    events.DataAgreed: Rule("data-request-agreed", (_C, _P)),
    events.DataRefused: Rule("data-request-refused", (_C,)),
    events.DataDelivered: Rule("data-request-delivered", (_C,)),
    events.DisputeOpened: Rule("data-request-disputed", (_P,)),
    events.DisputeClimbed: Rule("data-request-climbed", (_C, _P, _A)),
    events.DisputeSettled: Rule("data-request-settled", (_C, _P)),
    events.RequestWithdrawn: Rule("data-request-withdrawn", (_P,)),
}
NEARLY_DUE: Final = "data-matter-due-soon"
LATE: Final = "data-matter-late"
