"""What an import reads and what it reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class LawArticle:
    number: str
    chapter: str
    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """One article as somebody cites it: the law's title, with or without 中华人民共和国, and its number."""

    law: str
    article: str

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"


@dataclass(frozen=True, slots=True)
class LawDocument:
    """One published text of one law, as its source gives it."""

    source_id: str
    title: str
    kind: str
    author: str
    published: date
    effective: date | None
    status: str
    articles: tuple[LawArticle, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every document; the four counts sum up to ``total``."""

    total: int
    added: int
    changed: int
    unchanged: int
    refused: Mapping[int, str] = field(default_factory=dict)  # line → reason
    dry_run: bool = False
