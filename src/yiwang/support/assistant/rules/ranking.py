"""Which candidate fits best. Pure; candidates are at most a few hundred.

Two looks: a quick one at shared pairs and sounds over all candidates, a careful one at the best.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yiwang.support.assistant.rules import grams
from yiwang.support.assistant.rules.meaning import LATER_ACTS, Question, Wording

Rarity = Callable[[str], float]
_BRACKETS: Final = re.compile(r"[（(][^（）()]*[）)]")
_CAREFULLY: Final = 40
_FRESH: Final = ("新办", "核发", "首次", "初次", "申领", "设立登记", "设立审批")


@dataclass(frozen=True, slots=True)
class Candidate:
    code: str
    name: str
    synonyms: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Features:
    """A name as it is compared."""

    plain: str
    words: frozenset[str]
    pairs: frozenset[str]
    sounds: tuple[str, ...]
    sound_set: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A wording with how much each of its parts says."""

    wording: Wording
    words: Mapping[str, float]
    pairs: Mapping[str, float]
    sounds: Mapping[str, float]
    words_total: float
    pairs_total: float
    sounds_total: float


def rarity_of(documents: int, total: int) -> float:
    """How much a match says: rare pairs much, pairs in every name little."""
    return math.log(1 + total / (1 + documents))


@lru_cache(maxsize=8_192)
def features(name: str) -> Features:
    bare = _BRACKETS.sub("", name) or name  # （县级）, （包括临时） qualify, they are not the name
    sounds = grams.sound_pairs(grams.syllables(bare))
    return Features(
        grams.normalise(bare),
        frozenset(grams.words(name)),
        frozenset(grams.bigrams(name)),
        sounds,
        frozenset(sounds),
    )


def weigh(wording: Wording, rarity: Rarity) -> Weighed:
    words = {one: rarity("w" + one) for one in wording.words}
    pairs = {one: rarity("b" + one) for one in wording.bigrams}
    sounds = {one: rarity("s" + one) for one in wording.sounds}
    totals = (sum(words.values()), sum(pairs.values()), sum(sounds.values()))
    return Weighed(wording, words, pairs, sounds, *totals)


def rank(
    question: Question, candidates: Sequence[Candidate], rarity: Rarity
) -> list[tuple[float, Candidate]]:
    """The best candidates with their score, best first; 0 (nothing in common) to about 1.6."""
    weighed = [weigh(wording, rarity) for wording in question.wordings]
    known: dict[tuple[str, tuple[str, ...]], float] = {}  # one name is held by many districts
    for one in candidates:
        if (one.name, one.synonyms) not in known:
            known[one.name, one.synonyms] = _glance(question, weighed, one)
    quick = ((known[one.name, one.synonyms], i) for i, one in enumerate(candidates))
    chosen = heapq.nlargest(_CAREFULLY, quick)
    later = question.wants_later_act
    scored = [
        (_score(question, weighed, candidates[i], later=later), candidates[i]) for _, i in chosen
    ]
    return sorted(scored, key=lambda pair: (-pair[0], len(pair[1].name), pair[1].code))


def _glance(question: Question, weighed: Sequence[Weighed], one: Candidate) -> float:
    """Shared pairs, cheaply: from the bare characters, nothing segmented."""
    best = 0.0
    for name in (one.name, *one.synonyms):
        theirs = set(grams.bigrams(name))
        sounds = set(grams.sound_pairs(grams.syllables(name)))
        for w in weighed:
            fit = _share(w.pairs, w.pairs_total, theirs) + _share(w.sounds, w.sounds_total, sounds)
            best = max(best, w.wording.trust * fit + 0.2 * (1 / len(name)))
        if question.initials and question.initials in grams.initials(name):
            best = max(best, 2.0)
    return best


def _score(question: Question, weighed: Sequence[Weighed], one: Candidate, *, later: bool) -> float:
    best = 0.0
    for i, name in enumerate((one.name, *one.synonyms)):
        theirs = features(name)
        for w in weighed:
            fit = w.wording.trust * _fit(w, theirs) * (1.0 if i == 0 else 0.96)
            best = max(best, fit)
        if question.initials:
            best = max(best, _fit_initials(question.initials, name))
    if not best:
        return 0.0
    if not later:
        best -= 0.12 * any(act in one.name for act in LATER_ACTS)
        best += 0.05 * any(word in one.name for word in _FRESH)
    return best + 0.03 * one.weight


def _fit(asked: Weighed, theirs: Features) -> float:
    wording = asked.wording
    by_pairs = _share(asked.pairs, asked.pairs_total, theirs.pairs)
    by_words = _share(asked.words, asked.words_total, theirs.words)
    by_sound = _share(asked.sounds, asked.sounds_total, theirs.sound_set)
    if wording.words or wording.bigrams:
        shape = 0.6 * by_pairs + 0.4 * by_words if wording.words else by_pairs
        covered = max(shape, 0.5 * shape + 0.42 * by_sound)
    else:
        covered = 0.95 * by_sound
    inside = bool(wording.text) and wording.text in theirs.plain
    if not covered and not inside:
        return 0.0
    bonus = 0.0
    if inside:
        bonus = 0.4 if wording.text == theirs.plain else 0.2
    elif len(theirs.plain) > 1 and theirs.plain in wording.text:
        bonus, covered = 0.15, max(covered, 0.75)
    return covered + 0.2 * _tightness(wording, theirs.sounds) + bonus


def _share(asked: Mapping[str, float], total: float, theirs: Iterable[str]) -> float:
    if not total:
        return 0.0
    return sum(asked[one] for one in asked.keys() & theirs) / total


def _tightness(asked: Wording, theirs: Sequence[str]) -> float:
    """How little else the name says."""
    if not theirs:
        return 0.0
    mine = set(asked.sounds)
    return sum(1 for one in theirs if one in mine) / len(theirs)


def _fit_initials(letters: str, name: str) -> float:
    theirs = grams.initials(name)
    if letters == theirs:
        return 1.3
    if letters in theirs:
        return 0.7 + 0.3 * len(letters) / len(theirs)
    asked = grams.letter_grams(letters)
    if len(letters) < 4 or not asked:
        return 0.0
    shared = sum(1 for gram in asked if gram in theirs) / len(asked)
    return 0.5 * shared


def highlight(name: str, question: Question) -> tuple[tuple[str, bool], ...]:
    """The name in pieces, those that were asked for marked; never markup."""
    marked = [False] * len(name)
    pieces: Iterable[str] = (piece for w in question.wordings for piece in (*w.words, *w.bigrams))
    for piece in pieces:
        start = name.lower().find(piece)
        while start >= 0:
            marked[start : start + len(piece)] = [True] * len(piece)
            start = name.lower().find(piece, start + 1)
    return tuple(_runs(name, marked))


def _runs(name: str, marked: Sequence[bool]) -> Iterable[tuple[str, bool]]:
    start = 0
    for i in range(1, len(name) + 1):
        if i == len(name) or marked[i] != marked[start]:
            yield name[start:i], marked[start]
            start = i
