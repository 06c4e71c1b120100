"""Cards as others see them, and what a fact must say for a card to be issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol


class Colour(StrEnum):
    """What a card says."""

    YELLOW = "YELLOW"  # nearly late
    RED = "RED"  # late


class CardState(StrEnum):
    """How far a card is."""

    ISSUED = "ISSUED"
    EXPLAINED = "EXPLAINED"  # the body said why
    CANCEL_ASKED = "CANCEL_ASKED"  # one person asks to take it back, another decides
    CANCELLED = "CANCELLED"


class CardStatus(StrEnum):
    """What a list of cards may be narrowed to."""

    OPEN = "OPEN"  # nobody explained, or somebody asks to cancel
    EXPLAINED = "EXPLAINED"
    CANCELLED = "CANCELLED"
    ALL = "ALL"


COLOUR_LABELS: Final[Mapping[str, str]] = {Colour.YELLOW: "黄牌", Colour.RED: "红牌"}
STATE_LABELS: Final[Mapping[str, str]] = {
    CardState.ISSUED: "等说明",
    CardState.EXPLAINED: "已说明",
    CardState.CANCEL_ASKED: "等另一人核定撤销",
    CardState.CANCELLED: "已撤销",
}
#: What was late, by the part of the platform that announced it.
MATTER_LABELS: Final[Mapping[str, str]] = {
    "accept": "作出受理决定",
    "decide": "作出决定",
    "deliver": "送达结果",
    "branch": "答复别的部门",
    "visit": "完成现场核查",
    "reply": "回复申请人留言",
    "data-answer": "答复数据共享申请",
    "data-delivery": "提供共享数据",
    "data-disposal": "申报共享数据的留存和销毁",
    "data-correction": "核实数据纠错",
    "data-enquiry": "答复当事人的询问",
    "data-change": "更新数据目录",
}
#: To whom a card without an explanation was taken.
LEVEL_LABELS: Final[tuple[str, ...]] = ("本单位", "本级领导", "上一级领导")
LONGEST_TEXT: Final = 1000


class Limit(Protocol):
    """A fact about a limit: whose it was and on which day it was due."""

    @property
    def subject(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def division_code(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def due_on(self) -> str: ...


class CaseLimit(Limit, Protocol):
    """The same of a case's own clock, with the article it stands on and who goes on with the case."""

    @property
    def clock(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def official(self) -> str: ...


class NamedLimit(Limit, Protocol):
    """A limit that says itself what it was for."""

    @property
    def matter(self) -> str: ...


class About(Protocol):
    """Any fact about a matter cards may have been issued for."""

    @property
    def subject(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class CardView:
    """One card: what, whose, since when, on which article; ``acts``: what this actor may do."""

    key: str
    colour: str
    colour_label: str
    state: str
    state_label: str
    version: int
    subject: str
    matter: str
    matter_label: str
    division_code: str
    department: str
    department_name: str
    official: str
    official_name: str
    due_on: date
    issued_at: datetime
    basis: str
    level: int
    level_label: str
    settled_at: datetime | None
    explanation: str
    explained_by: str
    explained_at: datetime | None
    cancel_reason: str
    cancel_asked_by: str
    cancelled_by: str
    cancelled_at: datetime | None
    acts: tuple[str, ...]
