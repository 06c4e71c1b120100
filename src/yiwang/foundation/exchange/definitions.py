"""What a source is and what it answers; what services, systems and receipts are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from yiwang.foundation.exchange.ways import fits as fits
from yiwang.foundation.exchange.ways import misfit as misfit
from yiwang.kernel.actor import Role

#: A plain value as JSON knows it; what it must look like is said by the source's ``Shape``.
Plain = Any


class Status(StrEnum):
    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    AWAY = "AWAY"  # slow, broken, or talking nonsense: nothing is known


class Shape(StrEnum):
    """What a source promises to answer; anything else is treated as “away”."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    YES_NO = "YES_NO"
    DATE = "DATE"  # ISO text, or a date
    OBJECT = "OBJECT"
    LIST = "LIST"
    FILE = "FILE"  # {"filename": str, "content": base64 text}


class Misbehaviour(StrEnum):
    """How a simulated source can go wrong."""

    SLOW = "SLOW"
    GARBAGE = "GARBAGE"
    AWAY = "AWAY"
    WRONG_TYPE = "WRONG_TYPE"
    DUPLICATE = "DUPLICATE"


class SourceAway(Exception):
    """A provider raises this when its source cannot answer now."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that knows the day it was true; a bare value counts as true when it was fetched."""

    value: Plain
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``value`` only when FOUND; ``reason`` only when AWAY (for operators)."""

    status: Status
    value: Plain
    source: str
    source_label: str
    as_of: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask, for asking several at once."""

    provider: str
    subject: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A registered provider. ``remote``: another machine answers, so it runs under a wall clock.

    ``papers``: what a person need not bring because this source is asked instead.
    """

    name: str
    label: str
    source_label: str
    shape: Shape
    remote: bool
    provide: Callable[..., Plain]
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a source is asked: what for, for which item, in which case (its number) or draft."""

    purpose: str
    item: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class RouteView:
    """Which field of which service answers a source.

    ``parameters``: what the service is told, each from somewhere: ``source:<provider>`` (asked here
    about the same subject), ``asked:<name>`` (a parameter of the question), ``text:<words>``.
    ``about``: the parameter that holds the number of whom it is about.
    """

    provider: str
    service: str
    field: str
    parameters: Mapping[str, str]
    about: str


# --- the exchange between systems and nodes -------------------------------------------------------

#: History: the application may add rows, never change or remove one.
APPEND_ONLY_TABLES: Final = ("exchange_receipt", "exchange_block", "exchange_receipt_archive")
#: 政务数据共享条例 第二十九条: use records are kept three years at least. The database refuses to delete a younger
#: receipt to everybody; older ones go into archive files.
KEEP_USES_YEARS: Final = 3
#: Figures per minute; those per hour and per day are few and stay.
KEEP_MINUTES_DAYS: Final = 8
#: Who may read receipts of everybody's calls; they hold no personal values.
RECEIPT_READERS: Final = (Role.OPERATOR, Role.AUDITOR, Role.SECURITY_ADMIN)


#: Who sees which systems may call from here; a department's own, an operator all.
SYSTEM_READERS: Final = (Role.DATA_OFFICER, Role.HEAD, Role.OPERATOR)
#: 联调测试: the purpose of every call from the try-it page; a grant has to name it.
TRIAL: Final = "联调测试"

#: The system every node's own pages ask with: <node>/platform.
PLATFORM: Final = "platform"


class State(StrEnum):
    """Of a service or a calling system."""

    ACTIVE = "ACTIVE"
    STOPPED = "STOPPED"


class Algorithm(StrEnum):
    """How a calling system proves itself; it follows from its key, never from the message."""

    HMAC = "hmac-sm3"
    SM2 = "sm2-sm3"


class ServiceKind(StrEnum):
    """How data are handed over."""

    CALL = "CALL"
    QUERY = "QUERY"
    VERIFY = "VERIFY"
    FILE = "FILE"
    MESSAGE = "MESSAGE"  # a topic: told as it happens, to who subscribes
    TABLE = "TABLE"  # a whole table, part by part, kept in step at the receiver's


class Method(StrEnum):
    """How the service behind is asked."""

    GET = "GET"
    POST = "POST"


class Side(StrEnum):
    """Whose receipt it is."""

    CONSUMER = "CONSUMER"
    PROVIDER = "PROVIDER"


class CallStatus(StrEnum):
    """How a call ended."""

    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    REFUSED = "REFUSED"
    AWAY = "AWAY"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call came back with: ``value`` (one record) or ``rows`` only when FOUND."""

    status: CallStatus
    value: Plain
    rows: tuple[Plain, ...]
    source: str
    as_of: datetime
    message: str = ""
    refusal: str = ""
    sentence: str = ""
    more: bool = False  # there are more rows than were given


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a table that came: ``found`` says what it is, ``lines`` are its rows in COPY's text."""

    status: CallStatus
    found: Mapping[str, Any]
    lines: bytes
    message: str = ""
    refusal: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    """对账单: a table on a day as both sides counted it, each signed by its node."""

    side: str
    service: str
    partner: str
    day: date
    rows: int
    their_rows: int
    sum: str
    their_sum: str
    equal: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ServiceField:
    """One field a service may answer: grade 1-4 (GB/T 43697); ``mask``: how it is hidden."""

    name: str
    title: str
    grade: int = 2
    mask: str = ""


@dataclass(frozen=True, slots=True)
class ServiceParameter:
    """One thing a caller has to say."""

    name: str
    title: str
    required: bool = True


#: What a service may declare at most; above 10 MB it is streamed (``0346``).
MOST_REPLY_BYTES: Final = 209_715_200


@dataclass(frozen=True, slots=True)
class NewService:
    """What somebody publishes. ``upstream``: an address, ``local:<name>`` of a data source, or
    ``house:<its own name>``, which this node's pages answer."""

    code: str
    title: str
    upstream: str
    fields: tuple[ServiceField, ...]
    kind: ServiceKind = ServiceKind.CALL
    parameters: tuple[ServiceParameter, ...] = ()
    summary: str = ""
    resource: str = ""
    department: str = ""
    method: Method = Method.POST
    limit_seconds: float = 10.0
    per_partner: int = 256
    reply_bytes: int = 1_048_576
    private_ok: bool = False
    subject_parameter: str = ""


@dataclass(frozen=True, slots=True)
class HouseCall:
    """A call this node's own exchange passes on to its house: proven, of which node's system."""

    message: str
    node: str
    system: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HouseAnswer:
    """What the house says: a record; ``subject``: the number of whom it is about, for the receipt's index
    alone, where the question could not name it."""

    value: Mapping[str, Any]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key. ``secret`` (hex) is shown this once."""

    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class UseFigures:
    """How often a grant was used; ``since``, ``until``: its first and last day of use."""

    calls: int = 0
    answered: int = 0
    refused: int = 0
    away: int = 0
    rows: int = 0
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class UseDay:
    """One day of a grant's use."""

    day: date
    calls: int
    answered: int
    refused: int
    away: int
    rows: int


class Outcome(StrEnum):
    """What one check of the conformance kit found."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of a report: what was looked at, what was seen, what to do."""

    check: str
    title: str
    result: Outcome
    seen: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """兼容性测试报告 of a service, and of which version of it."""

    digest: str
    service_version: int
    passed: bool
    tried_at: datetime
    attached_at: datetime
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A call made for an integrator to look at: what went out, what was signed, what came back.

    ``outcome``: FOUND, NOT_FOUND, REFUSED, AWAY. ``message``: its number in the receipts.
    """

    target: str
    headers: tuple[tuple[str, str], ...]
    signed: str
    question: str
    http_status: int
    answer: str
    outcome: CallStatus
    message: str
    milliseconds: int
    proven: bool


#: Who says why an hour was not as usual.
ALERT_ANSWERERS: Final = (Role.OPERATOR, Role.SECURITY_ADMIN)
LONGEST_ANSWER: Final = 500
#: The kind of alert that is not of an hour's calls: messages nobody took, of one subscription. Its department
#: sees and answers it, too.
DEAD_LETTERS: Final = "DEAD"
#: And the one of a ledger, ours or another node's: ``system`` is whose, ``service`` what does not fit.
LEDGER_ALARM: Final = "LEDGER"
ALERT_LABELS: Final[Mapping[str, str]] = {
    "NEW": "前一天没有调用过",
    "FREQUENCY": "次数突然增多",
    "VOLUME": "数据量突然增大",
    "SPEED": "突然变慢",
    "REFUSED": "多半被拒绝",
    "FAILING": "成功率低于 95%",
    DEAD_LETTERS: "消息没有送到（死信）",
    LEDGER_ALARM: "公开账本警报",
}
#: The clock by which somebody has answered, and how long it runs (plan row S10: disposal within two hours).
#: local: true, 本地规定（示例）.
ALERT_ANSWER: Final = "alert-answer"
ALERT_HOURS: Final = 2


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """How one service did, on one day or in a stretch of days; nobody is named. Open data."""

    service: str
    title: str  # "" where it is another node's
    day: date | None  # None: in the whole stretch
    calls: int
    answered: int
    refused: int
    away: int
    rows: int
    mean_milliseconds: int
    slowest: int

    @property
    def success(self) -> float:
        """Answered or rightly refused, in per cent of all, rounded down."""
        return (self.calls - self.away) * 1000 // self.calls / 10 if self.calls else 100.0


@dataclass(frozen=True, slots=True)
class AlertView:
    """An hour that was not as usual, and who said why. ``kind``: of ``rules.oddities``; DEAD: ``calls``
    messages of topic ``service`` became dead letters of ``system``."""

    key: str
    system: str
    service: str
    kind: str
    calls: int
    usual_calls: float
    rows: int
    mean_milliseconds: int
    raised_at: datetime
    answered_at: datetime | None
    answered_by: str
    answer: str

    @property
    def answer_by(self) -> datetime:
        """When whoever is over them hears that nobody answered."""
        return self.raised_at + timedelta(hours=ALERT_HOURS)
