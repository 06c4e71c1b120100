"""Titles, article numbers, and from when until when a version holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_STATE = "中华人民共和国"
_DIGITS = "零一二三四五六七八九"


def short_title(title: str) -> str:
    """``《中华人民共和国行政许可法》`` → ``行政许可法``; the constitution keeps its amendments' years."""
    bare = title.strip().strip("《》").strip()
    return bare.removeprefix(_STATE) if len(bare) > len(_STATE) else bare


def chinese_number(number: int) -> str:
    """1..9999 in characters as laws write them: 十六, 一百零一, 一千二百六十."""
    if number < 20:
        return ("十" if number >= 10 else "") + (_DIGITS[number % 10] if number % 10 else "")
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif said:
            gap = True
    return said


def article_number(said: str) -> str:
    """``16``, ``第16条``, ``第十六条`` → ``第十六条``; anything else comes back trimmed."""
    text = said.strip()
    match = re.fullmatch(r"第?(\d{1,4})条?(之.)?", text)
    if match:
        return f"第{chinese_number(int(match[1]))}条{match[2] or ''}"
    return text if text.startswith("第") else f"第{text.removesuffix('条')}条"


@dataclass(frozen=True, slots=True)
class Dated:
    """What validity is derived from: one version as its source dates it."""

    key: str
    published: date
    effective: date | None
    status: str


@dataclass(frozen=True, slots=True)
class Validity:
    key: str
    valid_from: date | None
    valid_until: date | None  # exclusive
    uncertain: bool  # the source does not say when it began or ended


#: Amending decisions are texts about other laws; they hold no article that can be cited as law.
_NO_VALIDITY = frozenset({"未知"})


def derive_validity(versions: Sequence[Dated]) -> tuple[Validity, ...]:
    """From when until when each version of one law holds.

    A version begins on its effective day, or, where the source gives none, on its publication
    (marked uncertain). It ends when the next one begins. The last one stays open, unless the source
    calls it 已废止 or 已修改: then its end is unknown and it is closed on the day it began.
    """
    known = [v for v in versions if v.status not in _NO_VALIDITY]
    ordered = sorted(known, key=lambda v: (v.effective or v.published, v.published, v.key))
    derived = [Validity(v.key, None, None, True) for v in versions if v.status in _NO_VALIDITY]
    for here, following in zip(ordered, [*ordered[1:], None], strict=True):
        begins = here.effective or here.published
        uncertain = here.effective is None
        if following is not None:
            ends: date | None = max(begins, following.effective or following.published)
            uncertain = uncertain or following.effective is None
        elif here.status in ("已废止", "已修改"):
            ends, uncertain = begins, True
        else:
            ends = None
        derived.append(Validity(here.key, begins, ends, uncertain))
    return tuple(derived)
