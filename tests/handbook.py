"""The handbooks' own commands: blocks of code read out of the pages, placeholders filled in.

Who tries a page runs what stands on it; nothing is written a second time.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DOCS: Final = ROOT / "docs"
_BLOCK: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_WORD: Final = re.compile(r"[A-Za-z0-9_./:=-]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code on a page of ``docs/``; ``page`` as seen from there."""

    page: str
    language: str
    text: str

    @property
    def first(self) -> str:
        """Its first line, which names it."""
        return self.text.split("\n", 1)[0].strip()

    def filled(self, places: Mapping[str, str]) -> str:
        """The text with what a reader has to put in; a placeholder that is not there is a mistake."""
        text = self.text
        for given, value in places.items():
            if given not in text:
                raise LookupError(f"{self.page}: “{given}” does not stand in “{self.first}”")
            text = text.replace(given, value)
        return text


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str) -> tuple[Block, ...]:
    """All blocks of a page, in order."""
    return tuple(
        Block(page, language, textwrap.dedent(text))
        for _indent, language, text in _BLOCK.findall(read(page))
    )


def block(page: str, words: str) -> Block:
    """The one block these words stand in."""
    found = [one for one in blocks(page) if words in one.text]
    if len(found) != 1:
        raise LookupError(f"{page}: {len(found)} blocks with “{words}”")
    return found[0]


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    lines = iter(read(page).splitlines())
    level = next(
        len(line) - len(line.lstrip("#")) for line in lines if line.lstrip("#").strip() == heading
    )
    return "\n".join(_until(lines, level))


def _until(lines: Iterator[str], level: int) -> Iterator[str]:
    is_code = False
    for line in lines:
        is_code ^= line.startswith("```")
        if not is_code and line.startswith("#") and len(line) - len(line.lstrip("#")) <= level:
            return
        yield line


def to_read(text: str) -> int:
    """How much there is to read: every Chinese character one, every word or number of others one."""
    return len(_CHINESE.findall(text)) + len(_WORD.findall(text))


def quoted(*pages: str) -> frozenset[str]:
    """What the pages name in quotation marks: buttons, links and fields."""
    return frozenset(words for page in pages for words in re.findall("“([^”]+)”", read(page)))


def commands(one: Block) -> tuple[str, ...]:
    """The lines of a block for the shell, without remarks; what goes on after a backslash is one line."""
    whole = one.text.replace("\\\n", " ")
    bare = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in whole.splitlines())
    return tuple(re.sub(r"\s+", " ", line) for line in bare if line)
