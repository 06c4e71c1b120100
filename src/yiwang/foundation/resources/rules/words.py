"""How a resource is found by a part of its name: by characters and pairs of them, which an index can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_BLANKS: Final = re.compile(r"\s+")


def pairs_of(*texts: str) -> list[str]:
    """Every character and every two neighbouring ones of the texts, each once, in order of the alphabet."""
    bare = [_BLANKS.sub("", text).lower() for text in texts]
    return sorted({part for text in bare for part in (*text, *_pairs(text))})


def wanted_in(text: str) -> list[str]:
    """What a searched text needs of these: its pairs; a single character itself."""
    bare = _BLANKS.sub("", text).lower()
    return sorted(set(_pairs(bare))) if len(bare) > 1 else list(bare)


def _pairs(text: str) -> Iterable[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))
