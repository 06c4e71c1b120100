"""Mandates: kinds, how consent was given, how one stands, and ways to say no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import PowerAct
from yiwang.kernel.refusals import NotAllowed, Refusal


class MandateKind(StrEnum):
    """Who acts for whom."""

    FAMILY = "FAMILY"  # 家人: a person for a person
    FIRM_AGENT = "FIRM_AGENT"  # 单位经办人: a person for a firm
    HELPER = "HELPER"  # 帮办: a service helper for a person or a firm
    COUNTER = "COUNTER"  # 窗口: the clerk for the person present


class ConsentKind(StrEnum):
    """How the giver consented."""

    ONLINE = "ONLINE"  # signed in, with the real-name level a mandate asks for
    PAPER = "PAPER"  # a signed paper, looked at by two officials
    COUNTER = "COUNTER"  # present at the window, recognised by a document


class Presence(StrEnum):
    """By what the clerk knew the person before him."""

    CARD_READ = "CARD_READ"
    CARD_SHOWN = "CARD_SHOWN"
    FACE_COMPARED = "FACE_COMPARED"


class Ending(StrEnum):
    """How the window knows that a mandate on paper is to end."""

    GIVER_CAME = "GIVER_CAME"
    GIVER_WROTE = "GIVER_WROTE"
    TAKER_CAME = "TAKER_CAME"
    WRITTEN_DOWN_WRONG = "WRITTEN_DOWN_WRONG"


class Standing(StrEnum):
    """How a mandate stands at a moment."""

    WAITS_FOR_GIVER = "WAITS_FOR_GIVER"
    WAITS_FOR_TAKER = "WAITS_FOR_TAKER"
    WAITS_FOR_SECOND = "WAITS_FOR_SECOND"  # the second official
    IN_FORCE = "IN_FORCE"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


KIND_LABELS: Final[Mapping[str, str]] = {
    MandateKind.FAMILY: "家人代办",
    MandateKind.FIRM_AGENT: "单位经办人",
    MandateKind.HELPER: "帮办代办",
    MandateKind.COUNTER: "窗口当面代办",
}
ACT_LABELS: Final[Mapping[str, str]] = {
    PowerAct.APPLY: "申请",
    PowerAct.SEE: "查看进度",
    PowerAct.RECEIVE: "领取结果",
}
STANDING_LABELS: Final[Mapping[str, str]] = {
    Standing.WAITS_FOR_GIVER: "等委托人同意",
    Standing.WAITS_FOR_TAKER: "等受托人接受",
    Standing.WAITS_FOR_SECOND: "等第二位工作人员核对",
    Standing.IN_FORCE: "有效",
    Standing.DECLINED: "没有接受",
    Standing.REVOKED: "已撤回",
    Standing.EXPIRED: "已到期",
}
ENDING_LABELS: Final[Mapping[str, str]] = {
    Ending.GIVER_CAME: "委托人本人来撤回",
    Ending.GIVER_WROTE: "委托人书面撤回",
    Ending.TAKER_CAME: "受托人来辞去",
    Ending.WRITTEN_DOWN_WRONG: "登记有误",
}
PRESENCE_LABELS: Final[Mapping[str, str]] = {
    Presence.CARD_READ: "读取身份证",
    Presence.CARD_SHOWN: "出示身份证件",
    Presence.FACE_COMPARED: "人证比对",
}
#: Our own rules (local: true): how long one may last, how many may wait or stand, what consent asks.
LONGEST_TERM: Final = timedelta(days=3 * 365)
MOST_STANDING: Final = 50
CONSENT_LEVEL: Final = 3
PROPOSAL_LIFE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate as its parties see it; names are whole, they know each other."""

    key: str
    reference: str
    kind: MandateKind
    kind_label: str
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    items: Mapping[str, str] | None  # code → name as it was shown; None: every item
    acts: tuple[PowerAct, ...]
    acts_label: str
    valid_from: datetime
    valid_until: datetime
    proposed_by: str
    proposed_at: datetime
    consent_kind: ConsentKind | None
    consented_at: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    standing: Standing
    standing_label: str
    text: str  # what the giver consents to, word for word
    note: str
    proof_file: str

    @property
    def in_force(self) -> bool:
        return self.standing is Standing.IN_FORCE


class MandateOver(NotAllowed):
    """Revoked, expired, or one of the two is no more."""

    sentence = "这份授权已经结束，不能再替对方办理。"
    remedy = "请回到自己的空间；还要代办，请对方重新授权。"


class BeyondMandate(NotAllowed):
    """The mandate does not reach so far."""

    sentence = "这份授权没有包括这件事。"
    remedy = "请由本人办理，或请对方另外授权这个事项。"


class CannotMandate(Refusal):
    """The mandate is not in the state this asks for, or too many stand."""

    sentence = "这份授权现在不能这样办理。"
    remedy = "请刷新页面看最新情况。"
