"""The typed shape of ``item.yaml`` and the code tables of GB/T 39046-2020 annex A.

The dataclasses are the single source: pydantic reads them to check a file strictly (an unknown key
is a problem) and to print the JSON Schema in ``docs/look-up``. Everything here is frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from yiwang.capability.catalogue.definitions.codes import (
    CaseType,
    ExerciseLevel,
    HandlingForm,
    ItemType,
    ServedKind,
)
from yiwang.capability.catalogue.definitions.parts import Citation, Key, When, Words
from yiwang.capability.catalogue.definitions.trust import Commitment, Tolerance
from yiwang.mechanisms.clocks.definitions import Allowance


class Profile(StrEnum):
    """办理程序: which law's order of steps the case follows (not everything is 行政许可法)."""

    LICENCE = "LICENCE"
    MARKET_REGISTRATION = "MARKET_REGISTRATION"
    BENEFIT = "BENEFIT"
    CONFIRMATION = "CONFIRMATION"  # 行政确认、公共服务 and what follows its own rule
    FILING = "FILING"
    COMMITMENT = "COMMITMENT"


class HandlingMode(StrEnum):
    """在哪里办: only PLATFORM works today, the others are declared and shown honestly."""

    PLATFORM = "PLATFORM"
    DEPARTMENT_SYSTEM = "DEPARTMENT_SYSTEM"
    VERTICAL_SYSTEM = "VERTICAL_SYSTEM"
    LINK_ONLY = "LINK_ONLY"
    WINDOW_DOUBLE_ENTRY = "WINDOW_DOUBLE_ENTRY"
    NOT_CONNECTED = "NOT_CONNECTED"


HANDLING_MODE_LABELS: Mapping[HandlingMode, str] = {
    HandlingMode.PLATFORM: "在本平台办理",
    HandlingMode.DEPARTMENT_SYSTEM: "在本平台申请，推送部门系统办理后回传结果（尚未接入）",
    HandlingMode.VERTICAL_SYSTEM: "在国家或省垂直系统办理（尚未接入）",
    HandlingMode.LINK_ONLY: "请到原系统办理",
    HandlingMode.WINDOW_DOUBLE_ENTRY: "请到窗口办理，由窗口录入原系统",
    HandlingMode.NOT_CONNECTED: "尚未接入：请到窗口或原系统办理",
}


class MaterialSource(StrEnum):
    FETCHED = "FETCHED"  # 免提交: read from a register or an e-licence
    UPLOADED = "UPLOADED"
    FORM = "FORM"  # made from the answers
    COMMITTED = "COMMITTED"  # 告知承诺 stands for it; only narrowing says so, never a file


class ResultKind(StrEnum):
    LICENCE = "LICENCE"
    ENTITLEMENT = "ENTITLEMENT"
    DOCUMENT = "DOCUMENT"
    RECEIPT = "RECEIPT"


class BenefitStart(StrEnum):
    MONTH_OF_APPLICATION = "MONTH_OF_APPLICATION"
    MONTH_AFTER_APPLICATION = "MONTH_AFTER_APPLICATION"
    MONTH_OF_CONDITION = "MONTH_OF_CONDITION"


@dataclass(frozen=True, slots=True)
class Condition:
    key: Key
    text: Words
    local: bool = False
    basis: Citation | None = None


@dataclass(frozen=True, slots=True)
class Option:
    value: Key
    label: Words


@dataclass(frozen=True, slots=True)
class Question:
    """Asked before the form; its answer narrows the materials and chooses the handling item."""

    key: Key
    text: Words
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    key: Key
    name: Words
    why: Words
    source: MaterialSource
    issuer: Words
    basis: tuple[Citation, ...]
    provider: str | None = None
    required: bool = True
    when: When = field(default_factory=dict)
    sample: str = ""
    local: bool = False
    obtainable_by_sharing: bool = False
    asked_because: str = ""  # why it is asked although a register or this platform holds it
    asked_basis: tuple[Citation, ...] = ()  # and the article that says so
    kind: str = ""  # 材料种类: items that name the same kind accept the same paper
    valid_for: Allowance | None = None  # how long a copy handed in may be used again
    tolerance: Tolerance | None = None  # 容缺后补


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the drawn process."""

    key: Key
    title: Words
    who: Words
    note: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Faq:
    key: Key
    question: Words
    answer: Words


@dataclass(frozen=True, slots=True)
class Fee:
    charged: bool = False
    amount_fen: Annotated[int, Field(ge=0)] = 0
    explanation: str = ""
    basis: tuple[Citation, ...] = ()
    local: bool = False  # the tariff is a province's or a county's


@dataclass(frozen=True, slots=True)
class Channel:
    form: HandlingForm
    where: Words
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    consult: Words
    complain: Words
    review: str = ""  # 行政复议机关 and 管辖法院, in words
    suit: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One age band of a benefit: from this age (inclusive) until that one (exclusive)."""

    from_age: Annotated[int, Field(ge=0)]
    monthly_fen: Annotated[int, Field(gt=0)]
    until_age: int | None = None


@dataclass(frozen=True, slots=True)
class Benefit:
    code: Key
    name: Words
    starts: BenefitStart
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    local: bool


@dataclass(frozen=True, slots=True)
class Result:
    kind: ResultKind
    name: Words
    explanation: str = ""
    benefit: Benefit | None = None
    licence: str = ""  # the licence template's key, when kind is LICENCE


@dataclass(frozen=True, slots=True)
class LocalValue:
    """A value no national text gives: shown as “本地规定（示例）”."""

    key: Key
    label: Words
    value: str
    note: str = ""
    local: bool = True


@dataclass(frozen=True, slots=True)
class HandlingItem:
    """业务办理项: the variant a person really applies for; chosen by the questions."""

    key: Key
    name: Words
    when: When = field(default_factory=dict)
    handling_code: str = ""
    online: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One body's implementation list (实施清单) of one item, as its pack says it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")  # inner classes too

    code: Annotated[str, Field(pattern=r"^(local:)?[a-z0-9][a-z0-9-]{0,59}$")]
    name: Words
    short_name: Words
    item_type: ItemType
    profile: Profile
    handling_mode: HandlingMode
    case_type: CaseType
    exercise_level: ExerciseLevel
    department: str  # USCC of the implementing body (实施主体)
    department_name: str = ""
    division_code: Annotated[str, Field(pattern=r"^\d{12}$")]
    valid_from: date
    basic_code: str = ""
    implementation_code: str = ""
    local_code: str = ""
    served: tuple[ServedKind, ...]
    forms: tuple[HandlingForm, ...]
    visits: Annotated[int, Field(ge=0, le=9)] = 0
    assurance: Annotated[int, Field(ge=2, le=5)] | None = None  # 实名等级 an applicant must prove
    assurance_local: bool = False
    statutory: Allowance | None = None
    statutory_note: str = ""
    promised: Allowance | None = None
    promised_local: bool = False
    fee: Fee = Fee()
    conditions: tuple[Condition, ...] = ()
    questions: tuple[Question, ...] = ()
    handling_items: tuple[HandlingItem, ...] = ()
    materials: tuple[Material, ...] = ()
    commitment: Commitment | None = None
    basis: tuple[Citation, ...] = ()
    steps: tuple[Step, ...] = ()
    channels: tuple[Channel, ...] = ()
    contact: Contact | None = None
    result: Result | None = None
    local_values: tuple[LocalValue, ...] = ()
    synonyms: tuple[str, ...] = ()
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)
    link: str = ""
    short_text: str = ""  # from text/zh-hans.yaml
    faq: tuple[Faq, ...] = ()  # from text/zh-hans.yaml
