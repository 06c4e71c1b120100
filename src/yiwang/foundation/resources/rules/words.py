"""How a resource is found by a part of its name: by pairs of characters, which an index can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_BLANKS: Final = re.compile(r"\s+")


def pairs_of(*texts: str) -> list[str]:
    """Every two neighbouring characters of the texts, each once, in order of the alphabet."""
    found = {pair for text in texts for pair in _pairs(_BLANKS.sub("", text).lower())}
    return sorted(found)


def _pairs(text: str) -> Iterable[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))
