"""What a reader says of a card, and every way in which it may fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from yiwang.kernel.refusals import Refusal, TryLater


@dataclass(frozen=True, slots=True)
class CardRead:
    """The face of one resident identity card. Personal values: never log, never keep in clear.

    ``valid_until``: None for 长期.
    """

    name: str
    citizen_id: str
    valid_from: date
    valid_until: date | None


class CardReader(Protocol):
    """The port to a reader; ``settings.READER_DRIVER`` names the class.

    ``read`` answers within ``limit_seconds`` or raises ``ReaderAway``; it never returns half a card.
    """

    label: str
    simulated: bool

    def read(self, *, place: str, limit_seconds: float) -> CardRead:
        """The card that lies on the reader of one window (a reference). ``NoCard``, ``ReaderAway``,
        ``CardUnreadable``."""
        ...

    def works(self, *, place: str) -> bool:
        """Does the reader of this window answer at all? For the line at the foot of the screen."""
        ...


class Mood(StrEnum):
    """How the simulated reader behaves."""

    GOOD = "GOOD"
    NO_CARD = "NO_CARD"
    AWAY = "AWAY"
    SLOW = "SLOW"
    GARBLED = "GARBLED"
    EXPIRED = "EXPIRED"


MOOD_LABELS = {
    Mood.GOOD: "正常",
    Mood.NO_CARD: "没有放卡",
    Mood.AWAY: "读卡器断开",
    Mood.SLOW: "很慢，最后超时",
    Mood.GARBLED: "读出的号码是坏的",
    Mood.EXPIRED: "证件过期了",
}


class ReaderAway(TryLater):
    sentence = "读卡器没有回答。"
    remedy = "请检查连线；也可以看着证件输入姓名和号码。"


class NoCard(Refusal):
    sentence = "读卡器上没有证件。"
    remedy = "请把身份证平放在读卡器上，再读一次。"


class CardUnreadable(Refusal):
    sentence = "证件没有读完整。"
    remedy = "请拿起来重新放平再读；还不行，就看着证件输入姓名和号码。"


class CardExpired(Refusal):
    sentence = "这张身份证已经过了有效期。"
    remedy = "请本人出示有效的证件或者临时身份证，再看着证件输入。"


class NoSimulator(Refusal):
    status = 404
    sentence = "这里没有模拟读卡器。"
    remedy = "只有示例环境、用模拟读卡器的时候才有。"
