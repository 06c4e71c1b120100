"""Cutting text into what can be looked up: words, pairs of characters, syllables, initials.

The same functions serve the index and the question; they must never differ. The tables of sounds are
read when first asked for: most processes never ask, and they cost a third of a second and 40 MB.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

_KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_HANZI = re.compile(r"[\u3400-\u9fff]+")


def normalise(text: str) -> str:
    """Full width to half width, lower case, only characters, letters and digits."""
    return _KEPT.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=8_192)
def words(text: str) -> tuple[str, ...]:
    """Segmented words of two characters and more, long words also in their parts."""
    import rjieba

    cut = rjieba.cut_for_search(normalise(text))
    return tuple(dict.fromkeys(word for word in cut if len(word) > 1))


@lru_cache(maxsize=8_192)
def bigrams(text: str) -> tuple[str, ...]:
    """Neighbouring characters, each pair once."""
    runs = _HANZI.findall(normalise(text))
    return tuple(dict.fromkeys(a + b for run in runs for a, b in pairwise(run)))


@lru_cache(maxsize=8_192)
def syllables(text: str) -> tuple[str, ...]:
    """The commonest sound of every character, folded; letters and digits stay as they are."""
    return tuple(_sound(character) for character in normalise(text))


def _sounds() -> Mapping[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    said = _sounds().get(ord(character))
    return fold(_plain(said.split(",")[0])) if said else character


def read_syllables(text: str) -> tuple[str, ...]:
    """The same with sounds chosen by the words they stand in (重庆 is chong qing); slower."""
    from pypinyin import lazy_pinyin

    return tuple(fold(syllable) for syllable in lazy_pinyin(normalise(text)))


@lru_cache(maxsize=4_000)
def fold(syllable: str) -> str:
    """Sounds often mixed up become one: zh/z, ch/c, sh/s, -ng/-n, ü/v."""
    folded = re.sub(r"^([zcs])h", r"\1", syllable.replace("ü", "v"))
    return re.sub(r"ng$", "n", folded)


def sound_pairs(said: tuple[str, ...]) -> tuple[str, ...]:
    """Neighbouring syllables: what a homophone keeps when the character is wrong."""
    return tuple(dict.fromkeys(f"{a}_{b}" for a, b in pairwise(said)))


@lru_cache(maxsize=8_192)
def initials(text: str) -> str:
    """高龄津贴 → gljt."""
    return "".join(sound[0] for sound in syllables(text) if sound)


def letter_grams(letters: str) -> tuple[str, ...]:
    """Runs of three initials (of two when there are only two)."""
    width = min(3, len(letters))
    if width < 2:
        return ()
    return tuple(dict.fromkeys(letters[i : i + width] for i in range(len(letters) - width + 1)))


def _plain(said: str) -> str:
    marks = unicodedata.normalize("NFD", said.replace("ü", "v"))
    return "".join(c for c in marks if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def known_syllables() -> frozenset[str]:
    """Every syllable of the language, without tones."""
    return frozenset(
        _plain(said)
        for several in _sounds().values()
        for said in several.split(",")
        if _plain(said).isascii() and len(_plain(said)) <= 6
    ) - frozenset("bcdfghjklmnpqrstvwxyz")


def split_pinyin(letters: str) -> tuple[tuple[str, ...], str]:
    """``gaolingjint`` → (gao, ling, jin), ``t``: the longest readable beginning and what is left.

    Fewest syllables win, so ``xian`` is one; nobody types apostrophes.
    """
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            if start in best and letters[start:end] in known_syllables():
                candidate = (*best[start], letters[start:end])
                if end not in best or len(candidate) < len(best[end]):
                    best[end] = candidate
    reach = max(best)
    return best[reach], letters[reach:]
