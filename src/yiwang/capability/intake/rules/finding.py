"""Which industry somebody means, who says “修鞋店” where the standard says “鞋和皮革修理”."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_BEGINNING = re.compile(r"^(?:我?[要想])?(?:新?开|办)(?:一?[个家])?")
_END = re.compile(r"[店铺摊部]$")


def industry_rank(
    words: Sequence[str], code: str, label: str, everyday: Collection[str]
) -> int | None:
    """How near a class is to what was typed, 0 the nearest; None when it is something else.

    ``everyday``: how people speak of the class. Word for word comes before names that hold every
    word and codes that begin so, those before everyday words that hold what was typed.
    """
    typed = "".join(words)
    if typed == label or any(_plain(typed) == _plain(one) for one in everyday):
        return 0
    if code.startswith(words[0]) or all(word in label for word in words):
        return 1
    return 2 if any(typed in one for one in everyday) else None


def _plain(words: str) -> str:
    """“开个修鞋铺” is 修鞋: without what everybody says of every shop."""
    plain = _END.sub("", _BEGINNING.sub("", words).upper())
    return plain or words
