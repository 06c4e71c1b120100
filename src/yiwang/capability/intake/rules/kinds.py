"""What each kind of answer must be, in words a person can act on. No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from yiwang.capability.intake.definitions import (
    DAY_TODAY,
    NUMBER_OF,
    Field,
    Kind,
    LookedUp,
    Said,
    named_key,
)
from yiwang.kernel import identifiers
from yiwang.kernel.sentences import said

_COUNT: Final = ("", "一", "两", "三", "四", "五", "六", "七", "八", "九")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_LANDLINE: Final = re.compile(r"(0\d{2,3}-?)?\d{7,8}|400\d{7}|\d{5}")
_LEVELS: Final = ("", "省", "市（州）", "县（区）", "乡镇（街道）", "村（社区）")
_WIDTHS: Final = (2, 4, 6, 9, 12)
_STRAY: Final = "%(label)s里有不该有的字。"
_ONE_OFF: Final = "%(label)s有一位不对。"
_USCC: Final = "统一社会信用代码"


class Wrong(NamedTuple):
    """What is wrong, and what to do."""

    sentence: str
    remedy: str
    part: str = ""  # for a person or firm: which box


@dataclass(frozen=True, slots=True)
class Registers:
    """Which codes exist, who is listed. None: cannot be said here, so it is not checked."""

    division: Callable[[str], bool] | None = None
    industry: Callable[[str], bool] | None = None
    named: Callable[[str], LookedUp | None] | None = None  # by ``named_key``
    licence: Callable[[str, str], bool] | None = None  # type, identifier: the applicant's, in force


def check(
    field: Field, value: Any, *, on: date, answers: Mapping[str, Any], registers: Registers
) -> Wrong | None:
    """The first thing wrong with a value that already has the right type; None when it is good."""
    match field.kind:
        case Kind.CITIZEN_ID:
            return citizen_id(value, on=on, label=field.spoken)
        case Kind.PHONE:
            return phone(value, label=field.spoken)
        case Kind.ACCOUNT:
            return account(value, bank_card=field.bank_card, label=field.spoken)
        case Kind.DATE:
            return day(field, value, on=on, answers=answers)
        case Kind.PERSON:
            wrong = citizen_id(value["citizen_id"], on=on, label=said("身份证号"))
            return wrong._replace(part="citizen_id") if wrong else named(field, value, registers)
        case Kind.ORGANIZATION:
            return uscc(value["uscc"]) or named(field, value, registers)
        case Kind.DIVISION:
            return division(field, value, registers)
        case Kind.INDUSTRY:
            return industry(field, value, registers)
        case Kind.LICENCE:
            return licence(field, value, registers)
    return None


def citizen_id(value: str, *, on: date, label: str) -> Wrong | None:
    """GB 11643-1999: 18 characters, a real birth date not in the future, a check character."""
    again = said("请对照证件重填。")
    if len(value) != 18:
        return Wrong(said("%(label)s%(off)s。", label=label, off=_count_off(len(value), 18)), again)
    if not re.fullmatch(r"\d{17}[\dX]", value, re.ASCII):
        return Wrong(said(_STRAY, label=label), said("只填 17 位数字和最后一位数字或 X。"))
    if identifiers.is_citizen_id(value, today=on):
        return None
    born = identifiers.citizen_id_birth(value)
    if born is None or born > on:
        return Wrong(said("%(label)s第 7 到 14 位不是一个出生日期。", label=label), again)
    return Wrong(said(_ONE_OFF, label=label), again)


def phone(value: str, *, label: str) -> Wrong | None:
    """A mainland mobile of 11 digits, or a fixed number with its area code."""
    if _MOBILE.fullmatch(value) or (not value.startswith("1") and _LANDLINE.fullmatch(value)):
        return None
    if not re.fullmatch(r"[\d-]+", value, re.ASCII):
        return Wrong(said(_STRAY, label=label), said("请只填数字。"))
    if value.startswith("1") and len(value) != 11:
        return Wrong(
            said("%(label)s%(off)s。", label=label, off=_count_off(len(value), 11)),
            said("请对照手机重填。"),
        )
    return Wrong(
        said("%(label)s不像一个能打通的号码。", label=label),
        said("手机填 11 位；座机先填区号。"),
    )


def account(value: str, *, bank_card: bool, label: str) -> Wrong | None:
    """An account of 8 to 32 digits; a bank card has 15 to 19 and a Luhn check digit."""
    if not re.fullmatch(r"\d+", value, re.ASCII):
        return Wrong(said(_STRAY, label=label), said("请只填数字。"))
    if bank_card:
        if not 15 <= len(value) <= 19:
            return Wrong(
                said("%(label)s应当是 15 到 19 位，现在是 %(n)s 位。", label=label, n=len(value)),
                said("请对照卡面重填。"),
            )
        return (
            None if _luhn(value) else Wrong(said(_ONE_OFF, label=label), said("请对照卡面重填。"))
        )
    if 8 <= len(value) <= 32:
        return None
    return Wrong(
        said("%(label)s应当是 8 到 32 位，现在是 %(n)s 位。", label=label, n=len(value)),
        said("请对照存折或卡面重填。"),
    )


def uscc(value: str) -> Wrong | None:
    """GB 32100-2015: 18 characters with two check characters."""
    again = said("请对照营业执照重填。")
    if len(value) != 18:
        return Wrong(
            said("%(label)s%(off)s。", label=said(_USCC), off=_count_off(len(value), 18)),
            again,
            "uscc",
        )
    if not identifiers.is_uscc(value):
        return Wrong(said(_ONE_OFF, label=said(_USCC)), again, "uscc")
    return None


def named(field: Field, value: Mapping[str, str], registers: Registers) -> Wrong | None:
    """Name and number agree in the register, or the person may go on with their own word.

    What the register has instead is never said. Not looked up yet: nothing is wrong yet.
    """
    key = named_key(field.kind, value["name"], value[NUMBER_OF[field.kind]])
    told = registers.named(key) if registers.named else None
    if told is None or told.lets_go_on(field):
        return None
    papers = said("证件" if field.kind is Kind.PERSON else "营业执照")
    match told.said:
        case Said.DIFFERS:
            pair = said("姓名和身份证号" if field.kind is Kind.PERSON else "名称和统一社会信用代码")
            return Wrong(
                said("%(label)s的%(pair)s对不上。", label=field.spoken, pair=pair),
                said(
                    "请对照%(papers)s把两栏再看一遍；没填错的，请打 12345 或到窗口办。",
                    papers=papers,
                ),
            )
        case Said.NOT_LISTED:
            return Wrong(
                said(
                    "%(source)s里没有查到%(label)s。", source=told.source_label, label=field.spoken
                ),
                said("请对照%(papers)s再看一遍；没填错的，请到窗口办。", papers=papers),
            )
    return Wrong(
        said("%(label)s还没有核对。", label=field.spoken),
        said("请过一会儿再核对，填的内容都存着。"),
    )


def day(field: Field, value: str, *, on: date, answers: Mapping[str, Any]) -> Wrong | None:
    """A real day within the limits the form sets."""
    given = _as_date(value)
    if given is None:
        return Wrong(
            said("%(label)s不是一个有的日子。", label=field.spoken),
            said("请按年、月、日填，例如 2026年12月18日。"),
        )
    earliest = _limit(field.earliest, on, answers)
    if earliest and given < earliest:
        return Wrong(
            said("%(label)s太早。", label=field.spoken),
            said("请改成 %(day)s或以后。", day=earliest),
        )
    latest = _limit(field.latest, on, answers)
    if latest and given > latest:
        return Wrong(
            said("%(label)s太晚。", label=field.spoken),
            said("请改成 %(day)s或以前。", day=latest),
        )
    return None


def division(field: Field, value: str, registers: Registers) -> Wrong | None:
    """A division that exists, below the root, down to the level the form needs."""
    choose = said("请从列表里选。")
    if not re.fullmatch(r"\d{12}", value, re.ASCII):
        return Wrong(said("%(label)s没有选对。", label=field.spoken), choose)
    level = _level_of(value)
    if field.division_level and level < field.division_level:
        wanted = _LEVELS[min(field.division_level, 5)]
        return Wrong(
            said("%(label)s还没有选到%(level)s。", label=field.spoken, level=said(wanted)),
            said("请接着往下选。"),
        )
    root = field.division_root.rstrip("0")
    if root and not value.startswith(root):
        return Wrong(said("%(label)s不在本事项办理的范围里。", label=field.spoken), choose)
    if registers.division is not None and not registers.division(value):
        return Wrong(said("%(label)s里没有这个地方。", label=field.spoken), choose)
    return None


def industry(field: Field, value: str, registers: Registers) -> Wrong | None:
    """A class of GB/T 4754 (four digits), which exists."""
    find = said("请输入几个字查找，再从结果里选。")
    if not re.fullmatch(r"[A-T]?\d{2,4}", value, re.ASCII):
        return Wrong(said("%(label)s没有选对。", label=field.spoken), find)
    if registers.industry is not None and not registers.industry(value):
        return Wrong(said("%(label)s里没有这个行业。", label=field.spoken), find)
    return None


def licence(field: Field, value: str, registers: Registers) -> Wrong | None:
    """One of the applicant's own licences of the asked type, in force today."""
    if registers.licence is not None and not registers.licence(field.licence, value):
        return Wrong(said("没有找到您名下这个编号的有效证照。"), said("请从列出的证照里选。"))
    return None


def _count_off(given: int, wanted: int) -> str:
    gap = abs(wanted - given)
    count = _COUNT[gap] if gap < len(_COUNT) else f" {gap} "
    pattern = "少%(count)s位" if given < wanted else "多%(count)s位"
    return said(pattern, count=said(count) if gap < len(_COUNT) else count)


def _luhn(value: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(value)):
        figure = int(digit) * (2 if position % 2 else 1)
        total += figure - 9 if figure > 9 else figure
    return total % 10 == 0


def _level_of(code: str) -> int:
    for level, width in enumerate(_WIDTHS, start=1):
        if set(code[width:]) <= {"0"}:
            return level
    return 5


def _limit(told: str, on: date, answers: Mapping[str, Any]) -> date | None:
    if not told:
        return None
    return on if told == DAY_TODAY else _as_date(told) or _as_date(answers.get(told))


def _as_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
