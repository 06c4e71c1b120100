"""What may stand in a cell."""

from __future__ import annotations

import re
from typing import Final

#: Spreadsheet programs take a text beginning with one of these for a formula or a command.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
LONGEST_CELL: Final = 32_000


def neutralise(text: str) -> str:
    """The same words, harmless: an apostrophe before a dangerous first character, no control codes.

    Dangerous characters behind leading blanks count too.
    """
    cleaned = _CONTROL.sub("", text)[:LONGEST_CELL]
    if text.startswith(_DANGEROUS) or cleaned.lstrip().startswith(_DANGEROUS):
        return "'" + cleaned
    return cleaned


def as_written(text: str) -> str:
    """What stood in a cell before ``neutralise`` put an apostrophe in front of it."""
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(_DANGEROUS) else text
