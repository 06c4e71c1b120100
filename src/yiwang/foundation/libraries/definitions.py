"""Persons and organizations as others see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_STATED = "9"


class OrganizationKind(StrEnum):
    """What sort of body it is; the first two characters of its code say the same."""

    ENTERPRISE = "ENTERPRISE"  # 91 企业
    INDIVIDUAL_BUSINESS = "INDIVIDUAL_BUSINESS"  # 92 个体工商户
    COOPERATIVE = "COOPERATIVE"  # 93 农民专业合作社
    SOCIAL_ORGANIZATION = "SOCIAL_ORGANIZATION"  # 51 社会团体
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION"  # 12 事业单位


class OrganizationState(StrEnum):
    IN_OPERATION = "IN_OPERATION"  # 存续
    REVOKED = "REVOKED"  # 吊销
    CANCELLED = "CANCELLED"  # 注销


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person. ``name`` is whole: show it only to the person or to one who handles the matter."""

    reference: str
    name: str
    name_masked: str
    citizen_id_masked: str
    phone_masked: str
    born_on: date
    sex: Sex
    people: str  # GB/T 3304
    division_code: str  # household registration 户籍地
    alive: bool
    died_on: date | None
    source: str
    as_of: datetime

    @property
    def key(self) -> str:
        return self.reference.partition(":")[2]


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A bank account of a person: masked, with what it is for."""

    bank: str
    number_masked: str
    is_social_card: bool


@dataclass(frozen=True, slots=True)
class AllowanceElsewhere:
    """An allowance a person draws or drew, and where."""

    kind: str
    division_code: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class OrganizationView:
    """One organization; all of it is public."""

    reference: str
    uscc: str
    name: str
    kind: OrganizationKind
    legal_representative: str | None  # a person's reference
    division_code: str
    address: str
    industry: str
    established_on: date
    state: OrganizationState
    source: str
    as_of: datetime

    @property
    def key(self) -> str:
        return self.reference.partition(":")[2]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is entered about a person; ``key`` only where it must be chosen (samples)."""

    name: str
    citizen_id: str
    born_on: date
    sex: Sex
    division_code: str
    people: str = "01"
    phone: str = ""
    address: str = ""
    died_on: date | None = None
    source: str = "人口库（示例）"
    key: str = ""


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What is entered about an organization."""

    uscc: str
    name: str
    kind: OrganizationKind
    division_code: str
    established_on: date
    legal_representative: str | None = None
    address: str = ""
    industry: str = ""
    state: OrganizationState = OrganizationState.IN_OPERATION
    source: str = "法人库（示例）"
    key: str = ""
