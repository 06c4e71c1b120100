"""What a person typed → what is kept. Normalised, never shortened, never stripped of letters.

Every legal hanzi, the middle dot, Tibetan and Arabic letters stay (``reliability`` rule: names are
normalised to NFC and nothing else); NUL, control characters and lone surrogates are refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from yiwang.capability.intake.definitions import Field, Kind
from yiwang.kernel.refusals import FieldProblem
from yiwang.kernel.sentences import said

MAX_TEXT: Final = 8_000
MAX_ROWS: Final = 100
MAX_FIGURE: Final = 10**15
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_GAPS: Final = re.compile(r"[\s\u3000-]+")
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")
_DAY: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_CODES: Final = {Kind.CITIZEN_ID, Kind.ACCOUNT}
_SPOKEN: Final = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}

Cleaned = tuple[dict[str, Any], tuple[FieldProblem, ...]]


def clean(fields: Sequence[Field], answers: Mapping[str, Any], *, prefix: str = "") -> Cleaned:
    """Kept answers by field key, and what cannot be kept at all. Empty answers are left out."""
    known = {f.key: f for f in fields}
    kept: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for key, value in answers.items():
        field = known.get(key) if isinstance(key, str) else None
        name = f"{prefix}{key}"[:100]
        if field is None:
            problems.append(
                FieldProblem(_printable(name), said("表里没有这个问题。"), said("请刷新页面。"))
            )
            continue
        try:
            tidy = _tidy(field, value)
        except _CannotKeep as reason:
            problems.append(
                FieldProblem(name, reason.about(field.spoken), said("请删掉后重新填写。"))
            )
            continue
        if tidy not in ("", None, [], {}):
            kept[key] = tidy
    return kept, tuple(problems)


def has_right_type(field: Field, value: Any) -> bool:
    """Is this the type the question asks for? (What a source says must be, a draft need not yet.)"""
    match field.kind:
        case Kind.YES_NO:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Kind.CHOICES | Kind.GROUP:
            return isinstance(value, list)
        case Kind.PERSON | Kind.ORGANIZATION:
            return isinstance(value, dict)
        case Kind.CHOICE:
            return any(option.value == value for option in field.options)
        case Kind.FILE:
            return False
    return isinstance(value, str)


class _CannotKeep(ValueError):
    """The value is not something a form can hold; says what is wrong after the question's label."""

    def about(self, label: str) -> str:
        return said(f"%(label)s{self}", label=label)


def _tidy(field: Field, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _figure(value)
    if isinstance(value, str):
        return _of_kind(field, _text(value, field.kind is Kind.LONG_TEXT))
    if isinstance(value, list | tuple):
        if len(value) > MAX_ROWS:
            raise _CannotKeep("太多了。")
        return [row for row in (_row(field, item) for item in value) if row not in ({}, "", None)]
    if isinstance(value, Mapping) and field.kind in (Kind.PERSON, Kind.ORGANIZATION):
        return _pair(field, value)
    raise _CannotKeep("的内容无法识别。")


def _row(field: Field, item: Any) -> Any:
    if field.kind is Kind.GROUP and isinstance(item, Mapping):
        row, problems = clean(field.fields, item)
        if problems:
            raise _CannotKeep("里有无法识别的内容。")
        return row
    if isinstance(item, str):
        return _text(item, many_lines=False)
    if isinstance(item, int | float) and not isinstance(item, bool):
        return _figure(item)
    if item is None or isinstance(item, bool):
        return item
    raise _CannotKeep("里有无法识别的内容。")


def _pair(field: Field, value: Mapping[str, Any]) -> dict[str, str]:
    parts = ("name", "citizen_id") if field.kind is Kind.PERSON else ("name", "uscc")
    if set(value) - set(parts) or any(not isinstance(v, str | None) for v in value.values()):
        raise _CannotKeep("的内容无法识别。")
    pair = {part: _text(value.get(part) or "", many_lines=False) for part in parts}
    number = parts[1]
    pair[number] = _GAPS.sub("", pair[number]).upper()
    return {part: text for part, text in pair.items() if text}


def _figure(value: int | float) -> int | float:
    if not math.isfinite(value) or abs(value) > MAX_FIGURE:
        raise _CannotKeep("太大了。")
    return value


def _text(value: str, many_lines: bool) -> str:
    if len(value) > MAX_TEXT:
        raise _CannotKeep("太长了。")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if _UNREADABLE.search(text):
        raise _CannotKeep("里有看不见的字符。")
    text = unicodedata.normalize("NFC", text)
    return text.strip() if many_lines else " ".join(text.split())


def _of_kind(field: Field, text: str) -> Any:
    kind = field.kind
    if kind in _CODES:
        return _GAPS.sub("", text).upper()
    if kind is Kind.PHONE:
        digits = _GAPS.sub("", text).removeprefix("+86")
        return digits if digits.startswith("1") else text.replace(" ", "")
    if kind is Kind.NUMBER:
        return _as_number(text)
    if kind is Kind.DATE:
        return _as_day(text)
    if kind is Kind.YES_NO:
        return _SPOKEN.get(text.lower(), text)
    return text


def _as_number(text: str) -> int | float | str:
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    if not _NUMBER.fullmatch(plain) or not plain.isascii():
        return text
    figure = float(plain)
    return int(figure) if figure.is_integer() else figure


def _as_day(text: str) -> str:
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if match is None or (not match.group(0).isascii() and not match.group(1).isascii()):
        return text
    year, month, day = match.groups()
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"


def _printable(text: str) -> str:
    return _UNREADABLE.sub("?", text)
