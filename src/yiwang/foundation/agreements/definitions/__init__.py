"""What a request for data and a grant look like from outside, and how long each answer may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from yiwang.foundation.agreements.definitions.citations import Citation as Citation
from yiwang.foundation.agreements.definitions.citations import Doubted as Doubted
from yiwang.foundation.agreements.definitions.citations import doubts_of
from yiwang.foundation.agreements.definitions.machines import (
    GRANT as GRANT,
)
from yiwang.foundation.agreements.definitions.machines import (
    REQUEST as REQUEST,
)
from yiwang.foundation.agreements.definitions.machines import (
    Act as Act,
)
from yiwang.foundation.agreements.definitions.machines import (
    GrantAct as GrantAct,
)
from yiwang.foundation.agreements.definitions.machines import (
    GrantState as GrantState,
)
from yiwang.foundation.agreements.definitions.machines import (
    RequestState as RequestState,
)
from yiwang.foundation.agreements.definitions.machines import (
    Side as Side,
)
from yiwang.foundation.agreements.definitions.membership import (
    MemberService as MemberService,
)
from yiwang.foundation.agreements.definitions.uses import GrantUse as GrantUse
from yiwang.foundation.agreements.definitions.uses import GrantUses as GrantUses
from yiwang.foundation.laws.definitions import Cited as Cited
from yiwang.foundation.resources.definitions import SHARING_LABELS as SHARING_LABELS
from yiwang.foundation.resources.definitions import WAY_LABELS as WAY_LABELS
from yiwang.foundation.resources.definitions import Sharing as Sharing
from yiwang.foundation.resources.definitions import Way as Way
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import legal_date
from yiwang.mechanisms.clocks.definitions import Allowance, ClockView

#: Who may ask in his department's name.
ASKERS: Final = (Role.DATA_OFFICER, Role.HEAD)
#: Who sees the requests and grants of his department.
OFFICE: Final = (*ASKERS, Role.LEADER)
#: They, and who watches over sharing in a place.
REQUEST_ROLES: Final = (*OFFICE, Role.DATA_AUTHORITY)
#: And who may have to stop a grant at once.
GRANT_ROLES: Final = (*REQUEST_ROLES, Role.OPERATOR)


class Basis(StrEnum):
    """Why the department may ask: for a service item, or for a duty of its own."""

    ITEM = "ITEM"
    DUTY = "DUTY"


class Longer(StrEnum):
    """How far it is with more time for the answer."""

    NO = ""
    ASKED = "ASKED"
    GRANTED = "GRANTED"
    DECLINED = "DECLINED"


class Origin(StrEnum):
    """Where a grant was agreed."""

    LOCAL = "LOCAL"
    REGISTRY = "REGISTRY"  # agreed at the registry, a copy here


BASIS_LABELS: Final[Mapping[str, str]] = {Basis.ITEM: "办理政务服务事项", Basis.DUTY: "履行职责"}
ANSWER, DELIVERY, DISPUTE, MENDING = "answer", "delivery", "dispute", "mending"
SIDE_LABELS: Final[Mapping[str, str]] = {
    Side.CONSUMER: "需求部门",
    Side.CONSUMER_HEAD: "需求部门负责人",
    Side.PROVIDER: "提供部门",
    Side.PROVIDER_HEAD: "提供部门负责人",
    Side.AUTHORITY: "数据共享主管部门",
    Side.OPERATOR: "运维",
    Side.MACHINE: "系统",
}
#: 政务数据共享条例 21: an answer within one working day, or ten.
ANSWER_WITHIN: Final[Mapping[str, Allowance]] = {
    Sharing.UNCONDITIONAL: Allowance(1, warn_days=0),
    Sharing.CONDITIONAL: Allowance(10, warn_days=3),
    Sharing.NONE: Allowance(10, warn_days=3),
}
#: 条例 21: ten more at most, with the sharing authority's consent and notice to who asks.
MOST_LONGER: Final = 10
#: 条例 22: within twenty working days of the consent.
DELIVERY_WITHIN: Final = Allowance(20, warn_days=5)
#: The regulation names no days for a step of a dispute (28): ours, marked as such on the pages.
DISPUTE_WITHIN: Final = Allowance(10, warn_days=3)
LONGEST_TEXT: Final = 1000
MOST_FIELDS: Final = 200
MOST_PER_DAY: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Body:
    """A department as one side of a request: its credit code, name, place, and node."""

    uscc: str
    name: str
    division_code: str
    node: str


@dataclass(frozen=True, slots=True)
class OfferedField:
    """One item of a resource that may be asked for; ``grade`` 1 to 4."""

    code: str
    label: str
    grade: int
    masked: bool = False  # handed out masked unless it is asked for in clear


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource of the catalogue as a request needs it. ``basis``: the article of what is not shared."""

    resource: str
    name: str
    provider: Body
    sharing: str
    condition: str
    basis: str
    fields: tuple[OfferedField, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the asking office writes (条例 20). ``items``: codes of service items; ``articles``: of laws held
    here, by which the office may ask."""

    purpose: str
    basis: str
    items: tuple[str, ...]
    duty: str
    scene: str
    fields: tuple[str, ...]
    clear_fields: tuple[str, ...]
    way: str
    needs_case: bool
    until: date
    per_day: int
    articles: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """One act on a request or a grant: when, which, by whom, with what words."""

    at: datetime
    label: str
    who: str  # a reference
    side_label: str
    words: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list."""

    key: str
    no: str
    resource_name: str
    consumer_name: str
    provider_name: str
    sharing_label: str
    purpose: str
    state: str
    state_label: str
    clock: ClockView | None
    created_at: datetime
    doubted: bool = False  # an article it cites changed or is gone


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request: what is asked, how it was answered, where it stands; ``acts``: what this actor may do."""

    key: str
    no: str
    reference: str
    resource: str
    resource_name: str
    sharing: str
    sharing_label: str
    consumer: Body
    provider: Body
    purpose: str
    basis: str
    basis_label: str
    items: tuple[str, ...]
    duty: str
    scene: str
    fields: tuple[str, ...]
    clear_fields: tuple[str, ...]
    way: str
    way_label: str
    needs_case: bool
    until: date
    per_day: int
    state: str
    state_label: str
    version: int
    missing: str
    longer: str
    longer_days: int
    answer_yes: bool | None
    answer_words: str
    article: str
    off_list: bool
    service: str
    grant: str  # the key of what it led to
    received_at: datetime | None
    answered_at: datetime | None
    delivered_at: datetime | None
    clock: ClockView | None
    notes: tuple[Note, ...]
    acts: tuple[tuple[str, str], ...]
    articles: tuple[Citation, ...] = ()

    @property
    def doubted(self) -> str:
        """The articles it cites that changed or are gone, in one line."""
        return doubts_of(self.articles)


@dataclass(frozen=True, slots=True)
class GrantView:
    """What one department may take from another, for what, until when."""

    key: str
    reference: str
    request: str  # the key of its request; "" for a copy or a sample
    resource: str
    service: str
    consumer: Body
    provider: Body
    purposes: tuple[str, ...]
    items: tuple[str, ...]
    needs_case: bool
    fields: tuple[str, ...]
    clear_fields: tuple[str, ...]
    way: str
    way_label: str
    valid_from: datetime
    valid_until: datetime
    per_day: int
    per_second: int
    state: str
    state_label: str
    version: int
    origin: str
    stopped_here: bool
    misuse: bool
    end_asked_by: str
    notes: tuple[Note, ...]
    mend_by: date | None
    renew_until: date | None
    disposal: str  # what was declared after its end; "" until then
    disposal_label: str
    dispose_by: date | None
    misfit: str  # why no call under it is let through; "" when it fits, or nobody knows
    acts: tuple[tuple[str, str], ...]
    articles: tuple[Citation, ...] = ()

    @property
    def doubted(self) -> str:
        """The articles it stands on that changed or are gone, in one line."""
        return doubts_of(self.articles)

    @property
    def last_day(self) -> date:
        """The last day it holds."""
        return legal_date(self.valid_until - timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Unmet:
    """A datum an item of one's own department needs and nobody has asked its source for yet."""

    label: str
    item_name: str
    resource: str  # its code
    resource_name: str
    provider_name: str


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """How one department treats requests for its data. ``off_list``: refused although on no list."""

    department: str
    name: str
    asked: int
    answered: int
    shared: int
    in_time: int
    off_list: int
    delivered: int
    delivered_late: int
    answer_days: float | None  # mean, in days of the calendar; None: no answer yet
    calls: int
    calls_answered: int

    @property
    def in_time_share(self) -> int:
        """Of the answers, in percent, those in time."""
        return _percent(self.in_time, self.answered)

    @property
    def shared_share(self) -> int:
        """共享率: of the answers, in percent, those that share."""
        return _percent(self.shared, self.answered)

    @property
    def call_share(self) -> int:
        """Of the calls, in percent, those answered."""
        return _percent(self.calls_answered, self.calls)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0
