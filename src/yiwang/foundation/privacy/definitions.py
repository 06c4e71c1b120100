"""Classes of data, grades of general data, rules of masking."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final


class DataClass(StrEnum):
    """分类 by harm: core and important data are only named in the catalogue, never shared here."""

    GENERAL = "GENERAL"
    IMPORTANT = "IMPORTANT"
    CORE = "CORE"


DATA_CLASS_LABELS: Final[Mapping[DataClass, str]] = {
    DataClass.GENERAL: "一般数据",
    DataClass.IMPORTANT: "重要数据",
    DataClass.CORE: "核心数据",
}


class Grade(IntEnum):
    """分级 of general data: 4 sensitive personal, 3 personal or internal, 2 internal low, 1 public."""

    PUBLIC = 1
    INTERNAL = 2
    PERSONAL = 3
    SENSITIVE = 4


GRADE_LABELS: Final[Mapping[int, str]] = {
    Grade.PUBLIC: "1级（公开）",
    Grade.INTERNAL: "2级（内部）",
    Grade.PERSONAL: "3级（个人信息、内部敏感）",
    Grade.SENSITIVE: "4级（敏感个人信息）",
}


class Harmed(StrEnum):
    """Whom it harms when such data get out."""

    NATION = "NATION"  # 国家安全
    ORDER = "ORDER"  # 经济运行、社会秩序、公共利益
    RIGHTS = "RIGHTS"  # 组织权益、个人权益


class Degree(StrEnum):
    """How badly."""

    EXTREME = "EXTREME"  # 特别严重
    SEVERE = "SEVERE"  # 严重
    ORDINARY = "ORDINARY"  # 一般


class Mask(StrEnum):
    """脱敏规则: what of a value is shown to who has no right to all of it."""

    NONE = "NONE"
    NAME = "NAME"
    CITIZEN_ID = "CITIZEN_ID"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"
    ADDRESS = "ADDRESS"
    WHOLE = "WHOLE"


MASK_LABELS: Final[Mapping[Mask, str]] = {
    Mask.NONE: "不脱敏",
    Mask.NAME: "姓名只留姓",
    Mask.CITIZEN_ID: "证件号码留前六后四",
    Mask.PHONE: "手机号码留前三后四",
    Mask.ACCOUNT: "账号只留后四",
    Mask.ADDRESS: "地址只到县区",
    Mask.WHOLE: "全部遮住",
}
