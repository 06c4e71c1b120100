"""What a person meant: the question without its filler, its sounds, and official words for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yiwang.support.assistant.rules import grams

#: Words people wrap a wish in; they name no service.
_FILLER = re.compile(
    "我想要|我想|我要|我|想要|想|请问一下|请问|怎么样|怎么办理|怎么办|怎么|如何办理|如何|怎样|在哪里办|在哪里|在哪儿|在哪|"
    "哪里|哪儿|需要什么材料|要什么材料|什么材料|需要什么|需要|多少钱|可以|能不能|能|吗|呢|啊|吧|了|一下|给我|帮我|"
    "要办|办理流程|流程|手续|的话|的|去|要"
)
_LETTERS = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say what is looked for; ``trust`` is lower for what we guessed."""

    text: str
    words: tuple[str, ...]
    bigrams: tuple[str, ...]
    sounds: tuple[str, ...]
    trust: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """Everything the index is asked for."""

    text: str
    wordings: tuple[Wording, ...]
    initials: str = ""  # when letters were typed that may be initials

    @property
    def empty(self) -> bool:
        return not self.initials and not any(
            w.words or w.bigrams or w.sounds or w.text for w in self.wordings
        )


def wording(text: str, trust: float = 1.0) -> Wording:
    said = grams.syllables(text)
    return Wording(text, grams.words(text), grams.bigrams(text), grams.sound_pairs(said), trust)


def without_filler(text: str) -> str:
    """``我想开小卖部怎么办`` → ``开小卖部``; when nothing would be left the text stays."""
    return _FILLER.sub("", text) or text


def understand(text: str, synonyms: Mapping[str, Sequence[str]]) -> Question:
    """A typed question → wordings to look for.

    ``synonyms``: everyday word → official words. Letters are read as pinyin when they can be, and
    as initials too; a syllable left unfinished at the end is ignored.
    """
    whole = grams.normalise(text)[:60]
    core = without_filler(whole)
    if _LETTERS.fullmatch(core):
        return _by_letters(core, synonyms)
    wordings = [wording(core)]
    mixed = _LETTERS.search(core)
    if mixed:
        wordings.append(_mixed(core))
    for said, official in synonyms.items():
        if said in core or (len(core) > 1 and said in whole):
            rest = core.replace(said, "", 1)
            trust = 0.9 if len(said) >= len(core) - 1 else 0.75
            wordings += [wording(word, trust) for word in official]
            if len(rest) > 1:
                wordings += [wording(word + rest, trust * 0.95) for word in official]
    return Question(core, tuple(wordings))


def _mixed(core: str) -> Wording:
    """``ge体户``: sounds of characters and typed syllables in one row."""
    said: list[str] = []
    for part in re.findall(r"[a-z]+|[^a-z]+", core):
        if part.isascii() and part.isalpha():
            read, _ = grams.split_pinyin(part)
            said += [grams.fold(s) for s in read]
        else:
            said += grams.syllables(part)
    return Wording("", (), (), grams.sound_pairs(tuple(said)), 0.95)


def _by_letters(letters: str, synonyms: Mapping[str, Sequence[str]]) -> Question:
    read, left = grams.split_pinyin(letters)
    folded = tuple(grams.fold(s) for s in read)
    readable = bool(read) and len(left) <= 3 and len(letters) / len(read) >= 2
    wordings = []
    if readable:
        wordings.append(Wording("", (), (), grams.sound_pairs(folded)))
        wordings += [
            wording(word, 0.9)
            for said, official in synonyms.items()
            if _sounds_like(said, folded)
            for word in official
        ]
    return Question(letters, tuple(wordings), initials=letters if len(letters) <= 12 else "")


def _sounds_like(said: str, folded: tuple[str, ...]) -> bool:
    sound = grams.syllables(said)
    return len(sound) > 1 and "_".join(sound) in "_".join(folded)
