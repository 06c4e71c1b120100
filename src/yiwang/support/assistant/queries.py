"""Finding the right service: search and answers while typing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db import connection

from yiwang.kernel.places import significant_prefix
from yiwang.support.assistant.models import LexemeFrequency
from yiwang.support.assistant.rules import grams, meaning, ranking
from yiwang.support.assistant.rules.meaning import Question, Synonym
from yiwang.support.assistant.rules.ranking import Candidate

#: At most this many candidates are ranked.
CANDIDATES: Final = 200
#: Lexemes are looked up from the rarest on until their postings sum up to this.
POSTINGS: Final = 1_000
#: More lexemes than these are not looked up (the planner would read the whole table), nor weighed.
_LOOKED_UP, _WEIGHED = 14, 30
_FREQUENCIES_LIVE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; ``highlighted`` are pieces of the name with “was asked for”."""

    code: str
    name: str
    highlighted: tuple[tuple[str, bool], ...]
    department: str
    one_line: str
    kind: str
    division_code: str = ""
    score: float = 0.0


def search(text: str, *, division_code: str = "", limit: int = 10) -> tuple[Hit, ...]:
    """What fits these words, best first; slips, pinyin, initials and everyday words are understood.

    ``division_code``: only things of that place, of the places above it and below it. Words that
    say nothing give nothing.
    """
    question = meaning.understand(text, synonyms())
    if question.empty:
        return ()
    frequencies, total = _frequencies(int(time.monotonic() // _FREQUENCIES_LIVE_SECONDS))
    rows = _candidates(question, frequencies, division_code)

    def rarity(lexeme: str) -> float:
        return ranking.rarity_of(frequencies.get(lexeme, 0), total)

    scored = ranking.rank(question, [candidate for candidate, _ in rows], rarity)
    by_code = {row.code: row for _, row in rows}
    best = [
        (value, by_code[candidate.code])
        for value, candidate in scored[: min(limit, 40)]
        if value >= 0.3 * scored[0][0] > 0
    ]
    return tuple(
        Hit(
            row.code,
            row.name,
            ranking.highlight(row.name, question),
            row.department_name,
            row.one_line,
            row.kind,
            row.division_code,
            round(value, 4),
        )
        for value, row in best
    )


def suggest(text: str, *, division_code: str = "", limit: int = 8) -> tuple[Hit, ...]:
    """Answers while typing: the same search, fewer of them, from the second character on."""
    if len(grams.normalise(text)) < 2:
        return ()
    return search(text, division_code=division_code, limit=limit)


@lru_cache(maxsize=1)
def synonyms() -> tuple[Synonym, ...]:
    """Everyday words with their official words, longest first."""
    path = Path(__file__).parent / "data" / "synonyms.tsv"
    return meaning.read_synonyms(path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    name: str
    department_name: str
    one_line: str
    kind: str
    division_code: str


@lru_cache(maxsize=1)
def _frequencies(_period: int) -> tuple[Mapping[str, int], int]:
    """Lexemes worth knowing about, read again every few minutes; and how many entries there are."""
    table = dict(LexemeFrequency.objects.values_list("lexeme", "documents"))
    return table, table.pop("", 1000)


def forget_frequencies() -> None:
    """After the index changed much in this process."""
    _frequencies.cache_clear()


def _lexemes(question: Question) -> tuple[str, ...]:
    found: list[str] = []
    for asked in question.wordings:
        found += ["w" + word for word in asked.words]
        found += ["b" + pair for pair in asked.bigrams]
        found += ["s" + pair for pair in asked.sounds]
        if not found and asked.text:
            found.append("w" + asked.text)
    found += ["i" + gram for gram in grams.letter_grams(question.initials)]
    return tuple(dict.fromkeys(found))


def _rare(lexemes: Sequence[str], frequencies: Mapping[str, int]) -> list[str]:
    """The rarest lexemes whose postings stay few; at least one."""
    chosen: list[str] = []
    budget = POSTINGS
    for lexeme in sorted(lexemes, key=lambda one: frequencies.get(one, 0)):
        budget -= frequencies.get(lexeme, 20)
        if chosen and (budget < 0 or len(chosen) >= _LOOKED_UP):
            break
        chosen.append(lexeme)
    return chosen


def _tsquery(lexemes: Sequence[str]) -> str:
    return " | ".join("'" + lexeme.replace("'", "") + "'" for lexeme in lexemes)


_SQL = """
SELECT code, name, synonyms, weight, department_name, one_line, kind, division_code
FROM assistant_searchentry
WHERE (vector @@ %(rare)s::tsquery OR bigrams && %(pairs)s::varchar[]) {place}
ORDER BY ts_rank(vector, %(all)s::tsquery) DESC, weight DESC, id
LIMIT %(limit)s
"""
_PLACE = "AND (division_code LIKE %(below)s OR division_code = ANY(%(above)s))"


def _candidates(
    question: Question, frequencies: Mapping[str, int], division_code: str
) -> list[tuple[Candidate, _Row]]:
    lexemes = _lexemes(question)
    rare = _rare(lexemes, frequencies)
    given: dict[str, Any] = {
        "rare": _tsquery([one for one in rare if one[0] != "b"] or ["-"]),
        "pairs": [one[1:] for one in rare if one[0] == "b"],
        "all": _tsquery(sorted(lexemes, key=lambda one: frequencies.get(one, 0))[:_WEIGHED]),
        "limit": CANDIDATES,
    }
    if division_code:
        given["below"] = significant_prefix(division_code) + "%"
        given["above"] = _above(division_code)
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(place=_PLACE if division_code else ""), given)
        return [
            (Candidate(code, name, tuple(said), weight), _Row(code, name, *rest))
            for code, name, said, weight, *rest in cursor.fetchall()
        ]


def _above(code: str) -> list[str]:
    """The places a place lies in, the country included (and things without a place)."""
    return ["", "0" * 12, *(code[:width].ljust(12, "0") for width in (2, 4, 6, 9, 12))]
