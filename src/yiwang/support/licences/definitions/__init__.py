"""What a pack's ``licence.yaml`` says, and what others get to read about a licence.

::

    code: individual-business-licence     # this template's key, unique among packs
    name: 营业执照
    type_code: <21 characters: USCC of the body that defines the type + 3 digits>
    specimen: 样本，不作为法律凭证；电子营业执照由国家市场监督管理总局系统签发   # "" when lawfully ours
    validity_months: null                 # null: 长期
    local: true                           # values in this file that no national rule fixed
    fields:
      - {key: name, label: 名称, grade: 1, public: true}
      - {key: operator, label: 经营者, grade: 2, public: true, mask: NAME}
    face: {title: 营业执照, subtitle: （副本）, rows: [uscc, name, operator], landscape: true}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


class LicenceState(StrEnum):
    """GB/T 36903 证照状态; NOT_YET and EXPIRED follow from the date and are never stored."""

    VALID = "VALID"  # 有效
    NOT_YET = "NOT_YET"  # 颁发了，还没有到第一天
    SUSPENDED = "SUSPENDED"  # 暂扣
    REVOKED = "REVOKED"  # 撤销、吊销
    CANCELLED = "CANCELLED"  # 注销
    SUPERSEDED = "SUPERSEDED"  # 已有新版本
    EXPIRED = "EXPIRED"  # 过期
    UNKNOWN = "UNKNOWN"  # 查无此证


STATE_LABELS: Final[Mapping[str, str]] = {
    LicenceState.VALID: "有效",
    LicenceState.NOT_YET: "尚未生效",
    LicenceState.SUSPENDED: "暂扣",
    LicenceState.REVOKED: "已撤销",
    LicenceState.CANCELLED: "已注销",
    LicenceState.SUPERSEDED: "已被新版本取代",
    LicenceState.EXPIRED: "已过期",
    LicenceState.UNKNOWN: "查无此证",
}


class Mask(StrEnum):
    """How a value is shown to somebody who only holds the code."""

    NONE = ""
    NAME = "NAME"
    CITIZEN_ID = "CITIZEN_ID"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"
    HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True)
class LicenceField:
    """One thing the licence states. ``grade`` 1-4 is the data class; 3 and above is never public."""

    key: str
    label: str
    grade: int = 1
    public: bool = True
    mask: Mask = Mask.NONE
    required: bool = True


@dataclass(frozen=True, slots=True)
class Face:
    """How the licence looks: title, subtitle, which fields in which order."""

    title: str
    subtitle: str = ""
    rows: tuple[str, ...] = ()
    landscape: bool = True


@dataclass(frozen=True, slots=True)
class LicenceTemplate:
    """One licence type of a pack, parsed from ``licence.yaml``."""

    code: str
    name: str
    type_code: str
    fields: tuple[LicenceField, ...]
    face: Face
    specimen: str = ""
    validity_months: int | None = None
    local: bool = False
    version: int = 1

    def field(self, key: str) -> LicenceField:
        return next(f for f in self.fields if f.key == key)


@dataclass(frozen=True, slots=True)
class LicenceView:
    """One licence as its holder and the officials of its case see it; values unmasked."""

    key: str
    reference: str
    template: str
    name: str
    identifier: str
    verify_code: str
    verify_address: str
    state: str
    state_label: str
    serial: str
    version: int
    holder: str
    holder_name: str
    issuer: str
    issuer_name: str
    division_code: str
    case: str
    rows: tuple[tuple[str, str], ...]
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    specimen: str
    mark: str
    face: Face
    pdf_ready: bool
    predecessor: str = ""
    succeeded_on: date | None = None  # from this day on the next version stands in its place
    item_code: str = ""  # of the item it was issued by
    seal_wait: str = ""  # why it has no seal yet

    @property
    def label(self) -> str:
        """What it is called in a list of several: name, number, until when."""
        until = f"，到{self.last_day:%Y-%m-%d}" if self.last_day else ""
        return f"{self.name} 第 {self.serial} 号{until}"

    @property
    def last_day(self) -> date | None:
        """The last day of validity, as people say it; ``valid_until`` is the day after."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a licence as a stranger may see it. ``asked``: the one whose code was given."""

    version: int
    state: str
    state_label: str
    valid_from: date
    valid_until: date | None
    issued_on: date
    asked: bool

    @property
    def last_day(self) -> date | None:
        """The last day of validity, as people say it; ``valid_until`` is the day after."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None


@dataclass(frozen=True, slots=True)
class VerifyView:
    """The public answer about a code. Unknown codes give the same shape with empty values."""

    state: str
    state_label: str
    sentence: str
    checked_at: datetime
    name: str = ""
    identifier: str = ""
    holder_masked: str = ""
    issuer_name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    rows: tuple[tuple[str, str], ...] = ()
    specimen: str = ""
    mark: str = ""
    versions: tuple[VersionRow, ...] = ()
    document: str = ""  # its reference, to look its seal up by

    @property
    def last_day(self) -> date | None:
        """The last day of validity, as people say it; ``valid_until`` is the day after."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None

    @property
    def good(self) -> bool:
        return self.state == LicenceState.VALID
