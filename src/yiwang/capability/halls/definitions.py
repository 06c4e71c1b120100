"""Windows, shifts, tickets and the person in front of a window, as readers get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiwang.mechanisms.states.definitions import Machine, Party, Transition

#: Who works at a window.
CLERKS: Final = (Role.WINDOW_CLERK,)
#: Who opens halls and windows, and sees a whole hall's day.
KEEPERS: Final = (Role.LOCAL_ADMIN, Role.HEAD)
#: Everybody who sees that a hall and its windows are there.
HALL_STAFF: Final = (*CLERKS, *KEEPERS)
#: How long a pairing code may be typed in.
CODE_LIFE: Final = timedelta(minutes=5)


class TicketState(StrEnum):
    WAITING = "WAITING"  # 等候
    CALLED = "CALLED"  # 已叫号
    DONE = "DONE"  # 办完
    NO_SHOW = "NO_SHOW"  # 过号


_OFFICE: Final = (Party.OFFICIAL,)
TICKETS: Final = Machine(
    profile="TICKET",
    version=1,
    initial=TicketState.WAITING,
    labels={
        TicketState.WAITING: "等候",
        TicketState.CALLED: "已叫号",
        TicketState.DONE: "办完",
        TicketState.NO_SHOW: "过号",
    },
    transitions=(
        Transition(TicketState.WAITING, "call", _OFFICE, TicketState.CALLED, "叫号"),
        Transition(TicketState.CALLED, "call_again", _OFFICE, TicketState.CALLED, "再叫一次"),
        Transition(TicketState.NO_SHOW, "call_again", _OFFICE, TicketState.CALLED, "过号再叫"),
        Transition(TicketState.CALLED, "no_show", _OFFICE, TicketState.NO_SHOW, "没有来"),
        Transition(TicketState.CALLED, "finish", _OFFICE, TicketState.DONE, "办完"),
    ),
)


class FoundBy(StrEnum):
    """How the clerk knows who it is."""

    CARD = "CARD"
    TYPED = "TYPED"


FOUND_LABELS: Final[Mapping[str, str]] = {
    FoundBy.CARD: "读卡核对一致",
    FoundBy.TYPED: "看证件输入，核对一致",
}


class Signing(StrEnum):
    """How the applicant confirmed the form."""

    PAD = "PAD"
    PAPER = "PAPER"


SIGNING_LABELS: Final[Mapping[str, str]] = {Signing.PAD: "签字板", Signing.PAPER: "纸质申请表"}


class Outcome(StrEnum):
    """What became of one person's turn."""

    NOTHING = "NOTHING"
    CONSULTED = "CONSULTED"
    RECEIVED = "RECEIVED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    DECIDED = "DECIDED"


OUTCOME_LABELS: Final[Mapping[str, str]] = {
    Outcome.NOTHING: "没有办成",
    Outcome.CONSULTED: "咨询，发一次性告知单",
    Outcome.RECEIVED: "收件",
    Outcome.RETURNED: "收件，一次告知补正",
    Outcome.ACCEPTED: "收件并受理",
    Outcome.DECIDED: "收件，当场办结",
}


class BreakReason(StrEnum):
    """Why a window stands still."""

    REST = "REST"
    MEAL = "MEAL"
    MEETING = "MEETING"
    MACHINE = "MACHINE"


BREAK_LABELS: Final[Mapping[str, str]] = {
    BreakReason.REST: "休息",
    BreakReason.MEAL: "用餐",
    BreakReason.MEETING: "临时离开",
    BreakReason.MACHINE: "设备故障",
}


@dataclass(frozen=True, slots=True)
class HallView:
    """One hall."""

    key: str
    name: str
    division_code: str


@dataclass(frozen=True, slots=True)
class CounterView:
    """One window; ``department`` "": a comprehensive window (无差别综合窗口). ``clerk_name`` is who sits there."""

    key: str
    hall: str
    hall_name: str
    number: str
    line: str
    department: str
    department_name: str
    division_code: str
    clerk: str = ""
    clerk_name: str = ""
    paired: bool = False

    @property
    def reference(self) -> str:
        return f"counter:{self.key}"


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A clerk's time at a window. ``pause``: the reason while it stands still."""

    key: str
    counter: CounterView
    clerk: str
    clerk_name: str
    began_at: datetime
    ended_at: datetime | None
    pause: str = ""
    paused_at: datetime | None = None

    @property
    def pause_label(self) -> str:
        return BREAK_LABELS.get(self.pause, "")


@dataclass(frozen=True, slots=True)
class TicketView:
    """One number of a hall's queue."""

    key: str
    hall: str
    number: str
    state: str
    taken_at: datetime
    calls: int
    version: int
    called_at: datetime | None = None
    counter_number: str = ""
    ahead: int = 0

    @property
    def state_label(self) -> str:
        return TICKETS.labels[self.state]


@dataclass(frozen=True, slots=True)
class QueueView:
    """How long the line of a window is, who comes next, who did not come."""

    waiting: int
    following: str
    missed: tuple[TicketView, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionView:
    """One person's turn at a window. Names are masked; ``applicant`` is the person or the firm."""

    key: str
    shift: str
    counter: CounterView
    clerk: str
    open: bool
    version: int
    began_at: datetime
    ended_at: datetime | None
    ticket: TicketView | None
    person: str
    person_masked: str
    found_by: str
    applicant: str
    applicant_masked: str
    mandate: str
    item_code: str
    item_name: str
    item_version: int
    draft: str
    case: str
    outcome: str
    printed_digest: str
    signing: str
    signed_digest: str
    signature_file: str
    signed_at: datetime | None

    @property
    def reference(self) -> str:
        return f"counter_session:{self.key}"

    @property
    def home(self) -> str:
        return f"/hall/turns/{self.key}/"

    @property
    def found_label(self) -> str:
        return FOUND_LABELS.get(self.found_by, "")

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[self.outcome]

    @property
    def case_key(self) -> str:
        return self.case.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """A question answered without an application, with its notice."""

    key: str
    session: str
    item_code: str
    item_name: str
    letter: str
    given_at: datetime

    @property
    def reference(self) -> str:
        return f"consultation:{self.key}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice for a question says, beside what every letter says: plain text."""

    item_code: str
    item_name: str
    item_version: int
    body: str
    phone: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a day's count: an item, or a clerk."""

    label: str
    persons: int = 0
    received: int = 0
    accepted: int = 0
    returned: int = 0
    decided: int = 0
    consulted: int = 0
    minutes: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True)
class Handed:
    """One line of the hand-over list: what somebody else must go on with."""

    session: str
    counter_number: str
    clerk_name: str
    item_name: str
    applicant_masked: str
    case: str
    signing: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class DayCount:
    """What happened in a hall (or at one's own window) that day, counted from what is written."""

    hall: HallView
    on: date
    whole: bool
    items: tuple[Tally, ...]
    clerks: tuple[Tally, ...]
    tickets_taken: int
    tickets_missed: int
    tickets_waiting: int
    longest_wait_minutes: int
    to_hand_over: tuple[Handed, ...]
    total: Tally


class CannotBegin(Refusal):
    """A window has one clerk at a time, a clerk one window."""

    sentence = "这个窗口现在不能上岗。"
    remedy = "请先让在岗的人交班，或者结束您在别的窗口的班次。"


class CannotEnd(Refusal):
    sentence = "还有人在办，不能下班。"
    remedy = "请先办完这一位，或者结束接待。"


class NotOnDuty(Refusal):
    sentence = "您现在不在岗。"
    remedy = "请先选窗口上岗。"


class WindowPaused(Refusal):
    sentence = "窗口正在暂停。"
    remedy = "请先恢复叫号。"


class StillServing(Refusal):
    sentence = "这一位还没有办完。"
    remedy = "请先结束这一位，再叫下一位。"


class NobodyWaits(Refusal):
    sentence = "现在没有人在排队。"
    remedy = "有人取号以后再叫；没取号的，可以直接接待。"


class TurnOver(Refusal):
    sentence = "这次接待已经结束。"
    remedy = "请叫下一位，或者重新接待。"


class WhoIsIt(Refusal):
    sentence = "还不知道来的是谁。"
    remedy = "请先读卡，或者看着证件输入姓名和号码。"


class PersonUnknown(Refusal):
    """The number is well-formed, but no such person is listed under this name."""

    status = 422
    sentence = "登记里没有对上这个人。"
    remedy = "请核对姓名和号码；证件是真的，可以先发一次性告知单，请本人到户籍部门核对。"


class NotAtThisWindow(NotAllowed):
    sentence = "这个窗口不收这个事项。"
    remedy = "请发一次性告知单，告诉来的人到哪个窗口或者哪个部门办。"


class NotSignedYet(Refusal):
    """The form as it stands now was not confirmed by the applicant."""

    sentence = "申请人还没有确认现在这份申请表。"
    remedy = "请在签字板上签，或者打印出来签字；改过以后要重新签。"


class NotPrinted(Refusal):
    """What was printed is not what stands in the form now."""

    sentence = "打印出来的不是现在这份申请表。"
    remedy = "请先打印现在这份，请申请人看过签字。"


class WrongCode(Refusal):
    status = 422
    sentence = "这个配对码不对，或者已经过期。"
    remedy = "请让窗口人员重新显示一个配对码。"


class NotPaired(NotFound):
    sentence = "这块屏没有和窗口配对。"
    remedy = "请输入窗口人员显示的配对码。"


class CannotOpenCounter(Refusal):
    status = 422
    sentence = "这个窗口没有开出来。"
    remedy = "请核对窗口号；同一个大厅里窗口号不能重复。"
