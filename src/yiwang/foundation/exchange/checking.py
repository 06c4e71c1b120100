"""What others answer is not trusted: its type, size and characters are checked here."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Final

from yiwang.foundation.exchange.definitions import Plain, Shape

MAX_BYTES: Final = 64 * 1024
MAX_FILE_BYTES: Final = 10 * 1024 * 1024 * 4 // 3
MAX_TEXT: Final = 4_000
_LINE_BREAKS: Final = "\n\t"


class NotWhatWasPromised(ValueError):
    """Garbage is an error, never an empty result."""


def check(value: Plain, shape: Shape) -> Plain:
    """The value when it is what ``shape`` promises (dates as ISO text); otherwise refused."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if not _has_shape(value, shape):
        raise NotWhatWasPromised(shape)
    try:
        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8"))
    except (TypeError, ValueError, RecursionError) as error:
        raise NotWhatWasPromised("not plain data") from error
    if size > (MAX_FILE_BYTES if shape is Shape.FILE else MAX_BYTES):
        raise NotWhatWasPromised("too large")
    if shape is not Shape.FILE and not _readable(value):
        raise NotWhatWasPromised("unreadable characters")
    return value


def _has_shape(value: Plain, shape: Shape) -> bool:
    match shape:
        case Shape.TEXT:
            return isinstance(value, str) and 0 < len(value) <= MAX_TEXT
        case Shape.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Shape.YES_NO:
            return isinstance(value, bool)
        case Shape.DATE:
            return isinstance(value, str) and _is_day(value)
        case Shape.OBJECT:
            return isinstance(value, dict)
        case Shape.LIST:
            return isinstance(value, list | tuple)
        case Shape.FILE:
            return (
                isinstance(value, dict)
                and isinstance(value.get("filename"), str)
                and isinstance(value.get("content"), str)
            )
    return False


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10


def _readable(value: Plain) -> bool:
    if isinstance(value, str):
        return all(c in _LINE_BREAKS or (c >= " " and c != "\x7f") for c in value)
    if isinstance(value, dict):
        return all(_readable(key) and _readable(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_readable(item) for item in value)
    return True
