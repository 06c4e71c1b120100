"""The shapes the directory gives to others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """Levels of a division, 省市县乡村."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5


LEVEL_LABELS = {
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县（区）",
    Level.TOWN: "乡镇（街道）",
    Level.VILLAGE: "村（社区）",
}


@dataclass(frozen=True, slots=True)
class DivisionView:
    """One administrative division 行政区划; ``successor`` is the code that took its place."""

    code: str
    name: str
    full_name: str
    level: int
    parent: str | None
    valid_from: date
    valid_until: date | None
    successor: str | None


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """One government unit 部门, known by its unified social credit code."""

    uscc: str
    name: str
    short_name: str
    division_code: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class PostView:
    """One post 岗位 in a department, and who holds it."""

    key: str
    department: str
    name: str
    holder: str | None
    since: date


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load of divisions did."""

    read: int
    added: int
    changed: int


class Colour(StrEnum):
    """What a place's emblem may look like; each is dark enough on white (WCAG 2.2 AA)."""

    BLUE = "BLUE"
    RED = "RED"
    GREEN = "GREEN"


COLOUR_LABELS = {
    Colour.BLUE: "蓝",
    Colour.RED: "红",
    Colour.GREEN: "绿",
}


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of a day in which halls are open."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class ClosedDayView:
    """A day on which the halls of a place are shut; due dates do not move."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class LookView:
    """The name beside the emblem ("" as usual) and its colour."""

    name: str
    colour: Colour
