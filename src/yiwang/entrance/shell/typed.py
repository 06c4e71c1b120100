"""What an official typed into a form, read or refused field by field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import HttpRequest

from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.refusals import FieldProblem, InvalidInput

LONGEST: Final = 2000
_MOST_FEN: Final = 10**10


@dataclass(frozen=True, slots=True)
class Field:
    """One box of a form: how it is called, what kind it is, what helps, what stands in it."""

    name: str
    label: str
    kind: str  # text, long, month, day, choice
    help: str = ""
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False


def wrong(field: str, sentence: str, remedy: str = "") -> InvalidInput:
    """One field is wrong."""
    return InvalidInput(fields=[FieldProblem(field, sentence, remedy)])


def version_in(request: HttpRequest) -> int:
    """The version the page showed."""
    given = request.POST.get("version", "")
    if not (given.isascii() and given.isdecimal()) or len(given) > 9:
        raise InvalidInput("这一页已经过期。", "请刷新后再办理。")
    return int(given)


def text_in(request: HttpRequest, field: str, *, label: str, most: int = LONGEST) -> str:
    """What was written, without blanks around it; InvalidInput names the field when it is missing."""
    text = request.POST.get(field, "").strip()
    if not text:
        raise wrong(field, f"还没有写{label}", "，请写明")
    if len(text) > most:
        raise wrong(field, f"{label}超过 {most} 字", "，请精简")
    return text


def day_in(request: HttpRequest, field: str, *, label: str) -> date:
    """A day as the browser sends it: 2026-12-18."""
    try:
        return date.fromisoformat(request.POST.get(field, "").strip())
    except ValueError as error:
        raise wrong(field, f"{label}不是日期", "，请写成 2026-12-18 的样子") from error


def days_in(request: HttpRequest, field: str, *, label: str, most: int = 60) -> int:
    """A number of working days from 1 to ``most``."""
    given = request.POST.get(field, "").strip()
    if not (given.isascii() and given.isdecimal() and len(given) < 4 and 1 <= int(given) <= most):
        raise wrong(field, f"{label}不对", f"，请写 1 到 {most} 的整数")
    return int(given)


def moment_in(request: HttpRequest, field: str, *, label: str) -> datetime:
    """A day and time as the browser sends it: 2026-12-18T09:30, Shanghai time."""
    try:
        given = datetime.fromisoformat(request.POST.get(field, "").strip())
    except ValueError as error:
        raise wrong(field, f"{label}不是日期和时间", "，请写成 2026-12-18T09:30 的样子") from error
    return given.replace(tzinfo=SHANGHAI) if given.tzinfo is None else given


def month_in(request: HttpRequest, field: str, *, label: str) -> date:
    """The first day of a month as the browser sends it: 2026-12."""
    given = request.POST.get(field, "").strip()
    if re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", given) is None:
        raise wrong(field, f"{label}不是月份", "，请写成 2026-12 的样子")
    return date.fromisoformat(f"{given}-01")


def fen_in(request: HttpRequest, field: str, *, label: str) -> int:
    """Yuan with at most two decimals, as whole fen above nothing."""
    found = re.fullmatch(
        r"([0-9]{1,8})(?:\.([0-9]{1,2}))?", request.POST.get(field, "").replace(",", "").strip()
    )
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < fen < _MOST_FEN:
        raise wrong(field, f"{label}不是金额", "，请写成 60 或 60.50 的样子")
    return fen


def kept(request: HttpRequest, fields: tuple[Field, ...]) -> dict[str, str]:
    """What was typed, to show it again."""
    return {field.name: request.POST.get(field.name, field.value)[:LONGEST] for field in fields}
