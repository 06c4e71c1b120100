"""Code tables, short closed lists of a national standard; data elements, what a datum is everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Code:
    """One published code (a string, leading zeros kept) and its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table with the standard it comes from."""

    name: str
    title: str
    source: str
    codes: tuple[Code, ...]
    local: bool = False  # of this place, not shipped
    withdrawn: str = ""  # why nothing new may be written in it


class ElementType(StrEnum):
    """What a datum is written as."""

    TEXT = "TEXT"
    CODE = "CODE"  # a code of a table
    NUMBER = "NUMBER"
    DATE = "DATE"
    MOMENT = "MOMENT"
    YES_NO = "YES_NO"
    OBJECT = "OBJECT"
    FILE = "FILE"


ELEMENT_TYPE_LABELS: Mapping[ElementType, str] = {
    ElementType.TEXT: "字符型",
    ElementType.CODE: "代码型",
    ElementType.NUMBER: "数值型",
    ElementType.DATE: "日期型",
    ElementType.MOMENT: "日期时间型",
    ElementType.YES_NO: "是否型",
    ElementType.OBJECT: "结构型",
    ElementType.FILE: "文件型",
}


class About(StrEnum):
    """Whose datum it is."""

    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    THING = "THING"


ABOUT_LABELS: Mapping[About, str] = {
    About.PERSON: "个人",
    About.ORGANIZATION: "法人和其他组织",
    About.THING: "事物",
}


@dataclass(frozen=True, slots=True)
class Element:
    """数据元: one datum with one name, one form and one meaning in every system.

    ``table``: the code table it is written in. ``basis``: the standard or article that names it;
    ``local``: none does, this place agreed on it. ``withdrawn``: why nothing new may hold it.
    """

    code: str
    name: str
    kind: ElementType
    length: int
    about: About
    table: str = ""
    basis: str = ""
    local: bool = False
    withdrawn: str = ""

    @property
    def kind_label(self) -> str:
        return ELEMENT_TYPE_LABELS[self.kind]

    @property
    def about_label(self) -> str:
        return ABOUT_LABELS[self.about]
