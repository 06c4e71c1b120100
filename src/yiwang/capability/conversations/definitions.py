"""Whose turn it is, and what readers get of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance, ClockView, Unit

#: The office's promise to answer; its subject is the conversation.
CLOCK: Final = "reply"
#: 本地规定（示例）: no national rule says how soon a message is answered.
REPLY_WITHIN: Final = Allowance(1, Unit.WORKING_DAY, 0)


class Side(StrEnum):
    APPLICANT = "APPLICANT"
    OFFICE = "OFFICE"


class Turn(StrEnum):
    """Who should write next; NOBODY when nothing waits for an answer."""

    APPLICANT = "APPLICANT"
    OFFICE = "OFFICE"
    NOBODY = "NOBODY"


@dataclass(frozen=True, slots=True)
class RemarkFile:
    key: str
    filename: str


@dataclass(frozen=True, slots=True)
class RemarkView:
    """One message. ``who``: the body with the official's name, or the applicant, masked for others."""

    key: str
    number: int
    side: str
    who: str
    text: str
    asks: bool
    said_at: datetime
    read: bool
    mine: bool
    files: tuple[RemarkFile, ...]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """The conversation of one case; empty when nobody wrote. ``unread``: by this reader's side."""

    case_key: str
    turn: str
    turn_label: str
    remarks: tuple[RemarkView, ...]
    unread: int
    clock: ClockView | None
    may_write: bool
    may_settle: bool
    earlier: bool


@dataclass(frozen=True, slots=True)
class WaitingTalk:
    """One conversation that waits for the office, for its list."""

    case_key: str
    case_no: str
    item_name: str
    applicant_masked: str
    last_at: datetime
    clock: ClockView | None
    key: str
