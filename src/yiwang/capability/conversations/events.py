"""Facts about conversations: who wrote, never what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkMade(Event):
    """Somebody wrote about a case; ``asks``: an answer is expected. The subject is the case."""

    name: ClassVar[str] = "conversations.remark_made"
    remark: str
    side: str
    asks: bool
    department: str
    division_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLate(Event):
    """The office did not answer the applicant's message within its promise."""

    name: ClassVar[str] = "conversations.reply_late"
    conversation: str
    department: str
    division_code: str
    due_on: str
