"""The shape of a letter: its kinds, its fixed wording, and what readers get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    RECEIPT = "RECEIPT"  # 申请材料接收凭证
    ACCEPTANCE = "ACCEPTANCE"  # 受理通知书
    CORRECTION = "CORRECTION"  # 补正告知书
    REFUSAL_OF_ACCEPTANCE = "REFUSAL_OF_ACCEPTANCE"  # 不予受理通知书
    HAND_BACK = "HAND_BACK"  # 材料退回告知书（登记）
    APPROVAL = "APPROVAL"  # 准予决定书
    REJECTION = "REJECTION"  # 不予决定书
    REGISTRATION = "REGISTRATION"  # 登记通知书
    REFUSAL_OF_REGISTRATION = "REFUSAL_OF_REGISTRATION"  # 不予登记通知书
    WITHDRAWAL = "WITHDRAWAL"  # 终止办理通知书
    DELIVERY = "DELIVERY"  # 送达回证
    STOP_OF_BENEFIT = "STOP_OF_BENEFIT"  # 停发告知书
    EXTENSION = "EXTENSION"  # 延长办理期限告知书
    REVOCATION = "REVOCATION"  # 撤销决定告知书
    NOT_NEEDED = "NOT_NEEDED"  # 不受理告知书
    TRANSFER = "TRANSFER"  # 转办告知书
    TERMINATION = "TERMINATION"  # 终止办理决定书
    SPECIAL_PROCEDURE = "SPECIAL_PROCEDURE"  # 特别程序告知书
    TAKING_BACK = "TAKING_BACK"  # 撤销决定书
    REOPENING = "REOPENING"  # 重新办理告知书
    FILING = "FILING"  # 备案回执
    UNDERTAKING = "UNDERTAKING"  # 容缺受理承诺书、告知承诺书
    CORRECTION_ORDER = "CORRECTION_ORDER"  # 责令限期改正通知书
    ONE_TIME_NOTICE = "ONE_TIME_NOTICE"  # 一次性告知单（咨询，没有申请）
    HAND_OVER_LIST = "HAND_OVER_LIST"  # 电子档案移交清册
    DESTRUCTION_LIST = "DESTRUCTION_LIST"  # 电子档案销毁清册


class LetterState(StrEnum):
    WAITING = "WAITING"  # the page can be read, the PDF is being made
    READY = "READY"  # page and PDF
    UNPRINTABLE = "UNPRINTABLE"  # a character has no glyph: page only, an operator must help


@dataclass(frozen=True, slots=True)
class Wording:
    """Fixed text with ``{name}`` places; only ``names`` may appear, ``optional`` ones may be empty.

    ``rows``: (label, text) shown as a small table; a row whose text comes out empty is left out, and
    so is a paragraph. ``addressed``: begins with the addressee; ``signed``: ends with body and date.
    """

    code: str
    version: int
    kind: LetterKind
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LetterFace:
    """A letter ready to lay out: plain text only, the same for the page and for the PDF."""

    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    closing: tuple[str, ...]
    body: str
    dated: str
    mark: str
    verify_code: str
    verify_address: str


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter as lists and pages show it."""

    key: str
    kind: str
    title: str
    state: str
    subject: str
    template: str
    number: str
    created_at: datetime
    verify_code: str
    missing: str = ""
    opened_at: datetime | None = None  # when the addressee first opened it
    receipt: str = ""  # key of the 送达回证 under which it was handed over on paper
    seal_wait: str = ""  # why it has no seal yet

    @property
    def printable(self) -> bool:
        return self.state == LetterState.READY


@dataclass(frozen=True, slots=True)
class LetterProof:
    """What a stranger holding the paper may learn: that the platform made it, for whom (masked), when."""

    title: str
    body: str
    addressee_masked: str
    created_at: datetime
    number: str
    document: str = ""  # its reference, to look its seal up by
