"""States and tables of pieces of paper, the courier's port, and what readers get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: 本地规定（示例）: no national rule says how long a result lies on the shelf before one is reminded.
REMIND_AFTER_DAYS: Final = 10
MOST_REMINDERS: Final = 3
_STAFF: Final = (Party.OFFICIAL,)
_CLOCK: Final = (Party.MACHINE,)


class ShelfState(StrEnum):
    WAITING = "WAITING"
    COLLECTED = "COLLECTED"
    POSTED = "POSTED"
    RETURNED = "RETURNED"


SHELF_LABELS: Final[Mapping[str, str]] = {
    ShelfState.WAITING: "在架，等领取",
    ShelfState.COLLECTED: "已领取",
    ShelfState.POSTED: "已交寄",
    ShelfState.RETURNED: "已退回办理单位",
}
SHELF: Final = Machine(
    profile="SHELF",
    version=1,
    initial=ShelfState.WAITING,
    labels=SHELF_LABELS,
    transitions=(
        Transition(
            ShelfState.WAITING, "collect", _STAFF, ShelfState.COLLECTED, "核验身份，交给领取人"
        ),
        Transition(ShelfState.WAITING, "post", _STAFF, ShelfState.POSTED, "邮寄"),
        Transition(ShelfState.WAITING, "return", _STAFF, ShelfState.RETURNED, "退回办理单位"),
        Transition(ShelfState.RETURNED, "put", _STAFF, ShelfState.WAITING, "重新上架"),
        Transition(ShelfState.POSTED, "put", _STAFF, ShelfState.WAITING, "邮件退回，重新上架"),
    ),
)


class OriginalState(StrEnum):
    HELD = "HELD"
    IN_BAG = "IN_BAG"
    GIVEN_BACK = "GIVEN_BACK"
    MISSING = "MISSING"


ORIGINAL_LABELS: Final[Mapping[str, str]] = {
    OriginalState.HELD: "在单位保管",
    OriginalState.IN_BAG: "在交换袋里",
    OriginalState.GIVEN_BACK: "已退还",
    OriginalState.MISSING: "找不到，正在查",
}
ORIGINAL: Final = Machine(
    profile="ORIGINAL",
    version=1,
    initial=OriginalState.HELD,
    labels=ORIGINAL_LABELS,
    transitions=(
        Transition(OriginalState.HELD, "give_back", _STAFF, OriginalState.GIVEN_BACK, "退还"),
        Transition(
            OriginalState.HELD, "report_missing", _STAFF, OriginalState.MISSING, "报告找不到"
        ),
        Transition(OriginalState.HELD, "pack", _STAFF, OriginalState.IN_BAG, "装袋"),
        Transition(OriginalState.IN_BAG, "arrive", _STAFF, OriginalState.HELD, "点收"),
        Transition(OriginalState.IN_BAG, "unpack", _STAFF, OriginalState.HELD, "取出"),
        Transition(OriginalState.IN_BAG, "miss", _STAFF, OriginalState.MISSING, "点收时缺少"),
        Transition(OriginalState.MISSING, "find", _STAFF, OriginalState.HELD, "找到了"),
    ),
)


class BagState(StrEnum):
    PACKING = "PACKING"
    SEALED = "SEALED"
    ON_THE_WAY = "ON_THE_WAY"
    RECEIVED = "RECEIVED"


BAG_LABELS: Final[Mapping[str, str]] = {
    BagState.PACKING: "正在装袋",
    BagState.SEALED: "已封袋，等第二人交接",
    BagState.ON_THE_WAY: "在路上",
    BagState.RECEIVED: "已点收",
}
#: ``second``: another person than the one who sealed it; ``receiving``: of the body it goes to.
BAG: Final = Machine(
    profile="BAG",
    version=1,
    initial=BagState.PACKING,
    labels=BAG_LABELS,
    transitions=(
        Transition(BagState.PACKING, "pack", _STAFF, BagState.PACKING, "装入一件", "sending"),
        Transition(BagState.PACKING, "seal", _STAFF, BagState.SEALED, "封袋", "sending"),
        Transition(
            BagState.SEALED, "hand_over", _STAFF, BagState.ON_THE_WAY, "交出", "sending & second"
        ),
        Transition(
            BagState.ON_THE_WAY, "receive", _STAFF, BagState.RECEIVED, "点收", "receiving & second"
        ),
    ),
)


class PieceState(StrEnum):
    PACKED = "PACKED"
    ARRIVED = "ARRIVED"
    MISSING = "MISSING"
    FOUND = "FOUND"


PIECE_LABELS: Final[Mapping[str, str]] = {
    PieceState.PACKED: "在袋里",
    PieceState.ARRIVED: "已点收",
    PieceState.MISSING: "缺少",
    PieceState.FOUND: "后来找到",
}


class ParcelState(StrEnum):
    ORDERED = "ORDERED"
    WITH_COURIER = "WITH_COURIER"
    ON_THE_WAY = "ON_THE_WAY"
    DELIVERED = "DELIVERED"
    CAME_BACK = "CAME_BACK"


PARCEL_LABELS: Final[Mapping[str, str]] = {
    ParcelState.ORDERED: "等寄递企业收件",
    ParcelState.WITH_COURIER: "寄递企业已收件",
    ParcelState.ON_THE_WAY: "在路上",
    ParcelState.DELIVERED: "已签收",
    ParcelState.CAME_BACK: "退回",
}
_AHEAD: Final = (ParcelState.ORDERED, ParcelState.WITH_COURIER, ParcelState.ON_THE_WAY)
#: A courier tells late, twice and out of order: the table only goes forwards.
PARCEL: Final = Machine(
    profile="PARCEL",
    version=1,
    initial=ParcelState.ORDERED,
    labels=PARCEL_LABELS,
    transitions=(
        Transition(ParcelState.ORDERED, "taken", _CLOCK, ParcelState.WITH_COURIER, "收件"),
        *(
            Transition(state, "moving", _CLOCK, ParcelState.ON_THE_WAY, "运输")
            for state in _AHEAD[:2]
        ),
        *(Transition(state, "signed", _CLOCK, ParcelState.DELIVERED, "签收") for state in _AHEAD),
        *(Transition(state, "back", _CLOCK, ParcelState.CAME_BACK, "退回") for state in _AHEAD),
    ),
)


class Taker(StrEnum):
    """Who comes for a result."""

    SELF = "SELF"
    AGENT = "AGENT"


TAKER_LABELS: Final[Mapping[str, str]] = {Taker.SELF: "本人", Taker.AGENT: "代领人"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who stands at the window: name and number as on the document shown.

    ``authority``: what an agent's right rests on, a paper that was kept; ``mandate``: its key, when the
    platform knows it. ``seen``: the document, when its number is in no register (passport and the like).
    """

    taker: Taker
    name: str
    number: str
    authority: str = ""
    mandate: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a courier is asked to carry. ``reference``: ours, the same again is the same parcel."""

    reference: str
    at: datetime
    sender: str
    sender_phone: str
    sender_address: str
    receiver: str
    phone: str
    address: str
    what: str


class CourierEvent(StrEnum):
    """What a courier's own codes are mapped to."""

    TAKEN = "taken"
    MOVING = "moving"
    SIGNED = "signed"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Tracked:
    """One thing a courier says happened to a parcel."""

    at: datetime
    event: CourierEvent
    place: str
    receiver: str = ""  # who signed, as the courier wrote it


class CourierDriver(Protocol):
    """One courier company 寄递企业. Called outside every transaction; a limit of seconds is the driver's.

    A real one speaks the company's order and tracking interfaces (HTTPS, JSON or XML, each request
    signed with the customer number and a key from ``YIWANG_HOME``): ``order`` sends our ``reference`` as
    the customer's order number, so that asking again gives the same tracking number; ``track`` maps the
    company's status codes to ``CourierEvent`` and leaves out what it does not know; ``cancel`` is not
    part of the port, a parcel that was never taken in is simply put back on the shelf. It raises
    ``CourierAway`` for every answer it cannot read, times out included, and never invents one.
    Chosen by ``YIWANG_COURIER_DRIVER`` (a dotted name); without one only the sample installation posts.
    """

    @property
    def name(self) -> str: ...

    def order(self, order: Order) -> str:
        """The tracking number of a parcel to be fetched."""
        ...

    def track(self, tracking: str, *, at: datetime) -> tuple[Tracked, ...]:
        """Everything known about it at this moment, in any order, perhaps twice."""
        ...


@dataclass(frozen=True, slots=True)
class ShelfRow:
    key: str
    reference: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    department_name: str
    place: str
    shelf_no: str
    document: str
    state: str
    state_label: str
    arrived_at: datetime
    told_at: datetime | None
    remind_on: date | None
    reminders: int
    settled_at: datetime | None
    receiver: str
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OriginalRow:
    key: str
    reference: str
    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    department_name: str
    name: str
    copies: int
    state: str
    state_label: str
    held_by: str
    taken_at: datetime
    settled_at: datetime | None
    receiver: str
    reason: str
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PieceRow:
    key: str
    name: str
    case_key: str
    case_no: str
    original: str
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class BagRow:
    key: str
    reference: str
    seal_no: str
    from_name: str
    to_name: str
    state: str
    state_label: str
    sealed_at: datetime | None
    sealed_by: str
    handed_at: datetime | None
    handed_by: str
    received_at: datetime | None
    received_by: str
    seal_broken: bool
    remark: str
    pieces: tuple[PieceRow, ...]
    missing: int
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParcelRow:
    key: str
    case_key: str
    tracking: str
    courier: str
    state: str
    state_label: str
    ordered_at: datetime
    seen_at: datetime | None
    events: tuple[Tracked, ...]
    failing: str
    version: int


@dataclass(frozen=True, slots=True)
class WhereItIs:
    """One sentence about one piece of paper, for the applicant."""

    what: str
    label: str
    tone: str  # now, good, bad, plain
    detail: str
    at: datetime
