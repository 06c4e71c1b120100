"""Published code tables of service items (GB/T 39046-2020, annex A). Stored codes are as published."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ItemType(StrEnum):
    """事项类型. 依申请 (by application): 01 05 07 08 09 10 20."""

    POWER = "00"
    LICENCE = "01"
    PENALTY = "02"
    ENFORCEMENT = "03"
    LEVY = "04"
    BENEFIT = "05"
    INSPECTION = "06"
    CONFIRMATION = "07"
    REWARD = "08"
    ADJUDICATION = "09"
    OTHER_POWER = "10"
    INTERNAL = "11"
    PUBLIC_SERVICE = "20"


ITEM_TYPE_LABELS: Mapping[ItemType, str] = {
    ItemType.POWER: "行政权力",
    ItemType.LICENCE: "行政许可",
    ItemType.PENALTY: "行政处罚",
    ItemType.ENFORCEMENT: "行政强制",
    ItemType.LEVY: "行政征收",
    ItemType.BENEFIT: "行政给付",
    ItemType.INSPECTION: "行政检查",
    ItemType.CONFIRMATION: "行政确认",
    ItemType.REWARD: "行政奖励",
    ItemType.ADJUDICATION: "行政裁决",
    ItemType.OTHER_POWER: "其他行政权力",
    ItemType.INTERNAL: "本地扩展",
    ItemType.PUBLIC_SERVICE: "公共服务",
}
BY_APPLICATION = frozenset({"01", "05", "07", "08", "09", "10", "20"})


class ExerciseLevel(StrEnum):
    """行使层级."""

    NATION = "1"
    PROVINCE = "2"
    CITY = "3"
    COUNTY = "4"
    TOWN = "5"
    VILLAGE = "6"
    SHARED = "7"


EXERCISE_LEVEL_LABELS: Mapping[ExerciseLevel, str] = {
    ExerciseLevel.NATION: "国家级",
    ExerciseLevel.PROVINCE: "省级",
    ExerciseLevel.CITY: "市级",
    ExerciseLevel.COUNTY: "县级",
    ExerciseLevel.TOWN: "镇（乡、街道）级",
    ExerciseLevel.VILLAGE: "村（社区）级",
    ExerciseLevel.SHARED: "分级管理",
}


class ServedKind(StrEnum):
    """服务对象 (several may apply)."""

    PERSON = "1"
    COMPANY = "2"
    INSTITUTION = "3"
    SOCIAL_ORGANIZATION = "4"
    AUTHORITY = "5"
    OTHER_ORGANIZATION = "6"


SERVED_LABELS: Mapping[ServedKind, str] = {
    ServedKind.PERSON: "自然人",
    ServedKind.COMPANY: "企业法人",
    ServedKind.INSTITUTION: "事业法人",
    ServedKind.SOCIAL_ORGANIZATION: "社会组织法人",
    ServedKind.AUTHORITY: "行政机关",
    ServedKind.OTHER_ORGANIZATION: "其他组织",
}


class HandlingForm(StrEnum):
    """办理形式 (several may apply)."""

    WINDOW = "1"
    COMPUTER = "2"
    MOBILE = "3"
    COURIER = "4"
    OTHER = "9"


HANDLING_FORM_LABELS: Mapping[HandlingForm, str] = {
    HandlingForm.WINDOW: "窗口",
    HandlingForm.COMPUTER: "电脑端",
    HandlingForm.MOBILE: "移动端",
    HandlingForm.COURIER: "快递",
    HandlingForm.OTHER: "其他",
}


class CaseType(StrEnum):
    """办件类型."""

    INSTANT = "1"
    PROMISED = "2"
    OTHER = "9"


CASE_TYPE_LABELS: Mapping[CaseType, str] = {
    CaseType.INSTANT: "即办件",
    CaseType.PROMISED: "承诺件",
    CaseType.OTHER: "其他",
}
