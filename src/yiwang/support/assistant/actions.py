"""Keeping the index: called by whoever publishes something, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from yiwang.support.assistant import queries
from yiwang.support.assistant.models import LexemeFrequency, SearchEntry
from yiwang.support.assistant.rules import grams

#: Lexemes in fewer entries than this count as rare without being written down.
_COMMON_FROM: Final = 20


@dataclass(frozen=True, slots=True)
class Findable:
    """What the index needs to know of one thing."""

    kind: str
    code: str
    name: str
    department_name: str = ""
    one_line: str = ""
    division_code: str = ""
    synonyms: tuple[str, ...] = ()
    weight: int = 0


def index(findables: Sequence[Findable]) -> int:
    """Put things into the index or renew them; returns how many. In the caller's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("index() belongs into the transaction of what it indexes")
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [row_of(one) for one in findables])
    return len(findables)


def drop(*, kind: str, codes: Sequence[str]) -> int:
    """Take things out of the index."""
    return SearchEntry.objects.filter(kind=kind, code__in=codes).delete()[0]


def refresh_frequencies() -> int:
    """Count again in how many entries each lexeme occurs; after an import and once an hour."""
    with transaction.atomic():
        counted = dict(_count())
        LexemeFrequency.objects.all().delete()
        LexemeFrequency.objects.bulk_create(
            (LexemeFrequency(lexeme=one, documents=n) for one, n in counted.items()),
            batch_size=2_000,
        )
    queries.forget_frequencies()
    return len(counted)


def _count() -> Iterator[tuple[str, int]]:
    yield "", SearchEntry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat('SELECT vector FROM assistant_searchentry')"
            " WHERE ndoc >= %s",
            [_COMMON_FROM],
        )
        yield from cursor.fetchall()
        cursor.execute(
            "SELECT 'b' || pair, count(*) FROM assistant_searchentry, unnest(bigrams) pair"
            " GROUP BY pair HAVING count(*) >= %s",
            [_COMMON_FROM],
        )
        yield from cursor.fetchall()


_UPSERT: Final = """
INSERT INTO assistant_searchentry
  (kind, code, name, department_name, one_line, division_code, weight, synonyms, vector, bigrams)
VALUES (%(kind)s, %(code)s, %(name)s, %(department_name)s, %(one_line)s, %(division_code)s,
  %(weight)s, %(synonyms)s::varchar[], %(vector)s::tsvector, %(bigrams)s::varchar[])
ON CONFLICT (kind, code) DO UPDATE SET name = EXCLUDED.name,
  department_name = EXCLUDED.department_name, one_line = EXCLUDED.one_line,
  division_code = EXCLUDED.division_code, weight = EXCLUDED.weight,
  synonyms = EXCLUDED.synonyms, vector = EXCLUDED.vector, bigrams = EXCLUDED.bigrams
"""


def row_of(one: Findable) -> dict[str, Any]:
    """The columns of one entry; also what bulk generators write by COPY."""
    said = [word[:60] for word in one.synonyms]
    pairs = [pair for text in (one.name, *said) for pair in grams.bigrams(text)]
    return {
        "kind": one.kind,
        "code": one.code,
        "name": one.name[:300],
        "department_name": one.department_name[:120],
        "one_line": one.one_line[:400],
        "division_code": one.division_code,
        "weight": one.weight,
        "synonyms": said,
        "vector": " ".join(_lexemes(one.name, said)),
        "bigrams": list(dict.fromkeys(pairs)),
    }


def _lexemes(name: str, synonyms: Sequence[str]) -> Iterator[str]:
    """Lexemes with weights, in the text form of a tsvector."""
    yield from _weighted(("w" + word for word in grams.words(name)), "A")
    for word in synonyms:
        yield from _weighted(("w" + w for w in {*grams.words(word), grams.normalise(word)}), "C")
    for text in (name, *synonyms):
        sounds = {
            *grams.sound_pairs(grams.syllables(text)),
            *grams.sound_pairs(grams.read_syllables(text)),
        }
        yield from _weighted(("s" + pair for pair in sorted(sounds)), "D")
        letters = grams.initials(text)
        runs = {letters[i : i + n] for n in (2, 3) for i in range(len(letters) - n + 1)}
        yield from _weighted(("i" + gram for gram in sorted(runs)), "D")


def _weighted(lexemes: Iterable[str], weight: str) -> Iterator[str]:
    for lexeme in lexemes:
        yield f"'{lexeme}':1{weight}"
