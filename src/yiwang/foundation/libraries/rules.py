"""When two ways of writing a name mean the same name."""

from __future__ import annotations

import unicodedata
from typing import Final

#: The dots people type between the parts of a Uyghur, Tibetan or foreign name.
_DOTS: Final = str.maketrans(dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb.", "\u00b7"))


def same_name(one: str, other: str) -> bool:
    """True when only width, spaces, letter case or the kind of middle dot differ."""
    return bool(one.strip()) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    joined = "".join(unicodedata.normalize("NFKC", name).split())
    return joined.translate(_DOTS).casefold()
