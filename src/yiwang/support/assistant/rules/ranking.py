"""Which candidate fits best. Pure; candidates are at most a few hundred."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from yiwang.support.assistant.rules import grams
from yiwang.support.assistant.rules.meaning import Question, Wording

Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    code: str
    name: str
    synonyms: tuple[str, ...]
    weight: int


def rarity_of(documents: int, total: int) -> float:
    """How much a match says: rare pairs much, pairs in every name little."""
    return math.log(1 + total / (1 + documents))


def score(question: Question, candidate: Candidate, rarity: Rarity) -> float:
    """0 (nothing in common) to a little over 1.5 (the very name)."""
    names = (candidate.name, *candidate.synonyms)
    fits = sorted(
        (
            wording.trust * _fit(wording, name, rarity) * (1.0 if i == 0 else 0.96)
            for wording in question.wordings
            for i, name in enumerate(names)
        ),
        reverse=True,
    )
    best = fits[0] if fits else 0.0
    if question.initials:
        best = max([best, *(_fit_initials(question.initials, name) for name in names)])
    return best + 0.03 * candidate.weight if best else 0.0


def _fit(asked: Wording, name: str, rarity: Rarity) -> float:
    plain = grams.normalise(name)
    by_words = _share(asked.words, set(grams.words(name)), "w", rarity)
    by_pairs = _share(asked.bigrams, set(grams.bigrams(name)), "b", rarity)
    their_sounds = grams.sound_pairs(grams.syllables(name))
    by_sound = _share(asked.sounds, set(their_sounds), "s", rarity)
    if asked.words or asked.bigrams:
        shape = 0.6 * by_pairs + 0.4 * by_words if asked.words else by_pairs
        covered = max(shape, 0.5 * shape + 0.42 * by_sound)
    else:
        covered = 0.95 * by_sound
    if not covered and not (asked.text and asked.text in plain):
        return 0.0
    tight = _tightness(asked, their_sounds)
    bonus = 0.0
    if asked.text:
        if asked.text == plain:
            bonus = 0.4
        elif asked.text in plain:
            bonus = 0.2
        elif len(plain) > 1 and plain in asked.text:
            bonus = 0.15
            covered = max(covered, 0.75)
    return covered + 0.2 * tight + bonus


def _share(asked: Sequence[str], theirs: set[str], kind: str, rarity: Rarity) -> float:
    total = sum(rarity(kind + one) for one in asked)
    if not total:
        return 0.0
    return sum(rarity(kind + one) for one in asked if one in theirs) / total


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
