"""Pure: JSON as the exchange reads it, strictly, and as it writes it, short and in UTF-8."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

import orjson

#: So many digits in a row may be a whole number beyond 64 bits, which orjson would round.
_LONG: Final = re.compile(rb"[0-9]{19}")


def read(body: bytes) -> Any:
    """ValueError for anything but JSON in UTF-8 with finite numbers and a sensible depth."""
    if _LONG.search(body) is None:
        return orjson.loads(body)
    try:
        return json.loads(body.decode(), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("too deep") from error


def write(value: Any) -> bytes:
    """The same bytes for the same value, whoever writes it."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a whole number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _refuse(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
