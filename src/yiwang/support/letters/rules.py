"""How wording and values become a face, and which characters can be printed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from yiwang.support.letters.definitions import LetterFace, Wording
from yiwang.support.letters.definitions.wording import COMMON_NAMES

_PLACE = re.compile(r"\{([a-z_]+)\}")


def names_of(wording: Wording) -> frozenset[str]:
    """Every name the wording may be given: those in its text and the common ones."""
    texts = [*wording.paragraphs, *wording.closing, *(text for _, text in wording.rows)]
    return COMMON_NAMES | wording.optional | {n for t in texts for n in _PLACE.findall(t)}


def problems(wording: Wording, values: Mapping[str, str]) -> tuple[str, ...]:
    """Names that must not be there, then names that are missing or blank."""
    known = names_of(wording)
    strange = sorted(set(values) - known)
    needed = known - wording.optional
    blank = sorted(name for name in needed if not values.get(name, "").strip())
    return tuple([f"+{name}" for name in strange] + [f"-{name}" for name in blank])


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in their places, once: braces inside a value stay what they are.

    A text with places all of which are empty comes out empty.
    """
    places = _PLACE.findall(text)
    if places and not any(values.get(name) for name in places):
        return ""
    return _PLACE.sub(lambda match: values.get(match[1], ""), text)


def compose(
    wording: Wording,
    values: Mapping[str, str],
    *,
    dated: date,
    mark: str,
    verify_code: str,
    verify_address: str,
) -> LetterFace:
    """Lay the values into the wording: paragraphs and rows that come out empty are left out."""
    paragraphs = [line for text in wording.paragraphs for line in fill(text, values).splitlines()]
    rows = [(label, fill(text, values)) for label, text in wording.rows]
    return LetterFace(
        title=wording.title,
        number=values.get("number", ""),
        addressee=values.get("addressee", ""),
        paragraphs=tuple(line.strip() for line in paragraphs if line.strip()),
        rows=tuple((label, text) for label, text in rows if text),
        closing=tuple(filter(None, (fill(text, values) for text in wording.closing))),
        body=values.get("body", ""),
        dated=chinese_date(dated),
        mark=mark,
        verify_code=verify_code,
        verify_address=verify_address,
    )


def chinese_date(on: date) -> str:
    """``2026年12月18日``: arabic figures, no leading zeros (GB/T 9704-2012, 成文日期)."""
    return f"{on.year}年{on.month}月{on.day}日"


def characters(face: LetterFace) -> frozenset[str]:
    """Everything that will be put on paper, layout words excepted."""
    parts = [face.title, face.number, face.addressee, *face.paragraphs, *face.closing]
    parts += [face.body, face.dated, face.mark, face.verify_code, face.verify_address]
    parts += [text for row in face.rows for text in row]
    return frozenset("".join(parts))


def missing_glyphs(wanted: Collection[str], coverage: Collection[int]) -> str:
    """The characters no font can draw, in code order; line ends and joiners need no glyph."""
    silent = {"\n", "\r", "\t", "\u200b", "\u200c", "\u200d", "\ufe0e", "\ufe0f"}
    return "".join(sorted(c for c in wanted if c not in silent and ord(c) not in coverage))
