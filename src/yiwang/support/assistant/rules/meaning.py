"""What a person meant: the question without its filler, its sounds, and official words for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from yiwang.support.assistant.rules import grams

#: Words people wrap a wish in; they name no service.
_FILLER: Final = re.compile(
    "我想要|我想|我要|我|想要|想|请问一下|请问|怎么样|怎么办理|怎么办|怎么|如何办理|如何|怎样|在哪里办|在哪里|在哪儿|在哪|"
    "哪里|哪儿|需要什么材料|要什么材料|什么材料|需要什么证|要办什么证|要办什么|办什么|需要什么|需要|多少钱|可以|能不能|"
    "吗|呢|啊|了|一下|给我|帮我|要办|办理流程|流程|手续|的话|的|要不要|要|(?<![网酒茶水])吧"
)
_LETTERS: Final = re.compile(r"[a-z]{2,}")
#: Words that say what is wanted of a licence once one has it; without them people want a new one.
LATER_ACTS: Final = (
    "注销", "变更", "延续", "补办", "补发", "补领", "补证", "遗失", "挂失", "查询", "转出", "转入", "撤销",
    "恢复", "停业", "歇业", "更正", "换证", "换发", "换领", "校验", "解除", "解封", "迁移", "终止", "暂停",
    "复审", "校验", "解挂", "修改", "重置", "转移", "打印", "备案注销", "信息变更", "续期", "筹建", "筹设",
)  # fmt: skip
_MOST_WORDINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Synonym:
    """An everyday word with its official words. ``act``: says what to do, names no service itself."""

    said: str
    official: tuple[str, ...]
    act: bool = False


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

    @property
    def wants_later_act(self) -> bool:
        """Does any wording speak of changing, renewing, replacing or ending something?"""
        return any(act in w.text for w in self.wordings for act in LATER_ACTS)


def wording(text: str, trust: float = 1.0) -> Wording:
    said = grams.syllables(text)
    return Wording(text, grams.words(text), grams.bigrams(text), grams.sound_pairs(said), trust)


def without_filler(text: str) -> str:
    """``我想开小卖部怎么办`` → ``开小卖部``; when nothing would be left the text stays."""
    return _FILLER.sub("", text) or text


def understand(text: str, synonyms: Sequence[Synonym]) -> Question:
    """A typed question → wordings to look for.

    Everyday words inside are put into official ones, each alone and all together. Letters are read
    as pinyin when they can be, and as initials too; an unfinished last syllable is ignored.
    """
    whole = grams.normalise(text)[:60]
    core = without_filler(whole)
    if _LETTERS.fullmatch(core) and not any(s.said == core for s in synonyms):
        return _by_letters(core, synonyms)
    wordings = {core: wording(core)}
    if _LETTERS.search(core):
        wordings["~"] = _mixed(core)
    rewritten = list(islice(_rewritten(core, synonyms), _MOST_WORDINGS))
    for said, trust in rewritten or islice(_rewritten(whole, synonyms), _MOST_WORDINGS):
        wordings.setdefault(said, wording(said, trust))
    return Question(core, tuple(wordings.values()))


def _rewritten(text: str, synonyms: Sequence[Synonym]) -> Iterator[tuple[str, float]]:
    """The text with its everyday words replaced, longest first; then the official words alone."""
    parts = _parts(text, synonyms)
    matched = [part for part in parts if isinstance(part, Synonym)]
    if not matched:
        return
    choices = [
        [*part.official, *([part.said] if part.act else [])]
        if isinstance(part, Synonym)
        else [part]
        for part in parts
    ]
    for combination in product(*choices):
        yield "".join(combination), 0.92
    named = [part for part in matched if not part.act]
    rest = "".join(part for part in parts if isinstance(part, str))
    if named and (rest or len(matched) > 1):
        for part in named:
            for official in part.official:
                yield official, 0.9 if len(rest) <= 1 and len(matched) == 1 else 0.68


def _parts(text: str, synonyms: Sequence[Synonym]) -> list[Synonym | str]:
    """The text cut at its everyday words; ``synonyms`` stand longest first."""
    for synonym in synonyms:
        before, found, after = text.partition(synonym.said)
        if found:
            return [*_parts(before, synonyms), synonym, *_parts(after, synonyms)]
    return [text] if text else []


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


def _by_letters(letters: str, synonyms: Sequence[Synonym]) -> Question:
    read, left = grams.split_pinyin(letters)
    folded = tuple(grams.fold(s) for s in read)
    readable = bool(read) and len(left) <= 3 and len(letters) / len(read) >= 2
    wordings = []
    if readable:
        wordings.append(Wording("", (), (), grams.sound_pairs(folded)))
        wordings += [
            wording(word, 0.9)
            for synonym in synonyms
            if not synonym.act and _sounds_like(synonym.said, folded)
            for word in synonym.official
        ][:_MOST_WORDINGS]
    return Question(letters, tuple(wordings), initials=letters if len(letters) <= 12 else "")


def _sounds_like(said: str, folded: tuple[str, ...]) -> bool:
    sound = grams.syllables(said)
    return len(sound) > 1 and f"_{'_'.join(sound)}_" in f"_{'_'.join(folded)}_"


def read_synonyms(text: str) -> tuple[Synonym, ...]:
    """``data/synonyms.tsv``: everyday words, tab, official words; a leading ``!`` marks acts."""
    found: dict[str, Synonym] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        everyday, official = line.removeprefix("!").split("\t")
        for said in map(grams.normalise, everyday.split()):
            found[said] = Synonym(said, tuple(official.split()), line.startswith("!"))
    return tuple(sorted(found.values(), key=lambda s: (-len(s.said), s.said)))
