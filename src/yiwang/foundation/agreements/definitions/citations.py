"""The articles a request and a grant stand on, as they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.foundation.resources.definitions import DOUBT_LABELS

#: One request names so many articles at most.
MOST_ARTICLES: Final = 20


@dataclass(frozen=True, slots=True)
class Citation:
    """依据的条文: what the article said on the day it was noted, and what became of it since.

    ``doubt``: "" or CHANGED or GONE, since ``doubt_on``; ``text_now``: of a changed one, what it says today.
    """

    law: str
    article: str
    text: str
    published: date
    noted_on: date
    doubt: str = ""
    doubt_on: date | None = None
    text_now: str = ""

    @property
    def label(self) -> str:
        return f"《{self.law}》{self.article}"

    @property
    def doubt_label(self) -> str:
        return DOUBT_LABELS.get(self.doubt, "")


def doubts_of(articles: Iterable[Citation]) -> str:
    """Those that changed or are gone, in one line; "" when none is."""
    return "；".join(f"{one.label}（{one.doubt_label}）" for one in articles if one.doubt)


@dataclass(frozen=True, slots=True)
class Doubted:
    """How many requests on their way and grants in force stand on an article that changed or is gone."""

    requests: int
    grants: int
