"""A resource as people and files write it: words and codes both mean the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from yiwang.foundation.privacy.definitions import DATA_CLASS_LABELS, MASK_LABELS, DataClass, Mask
from yiwang.foundation.resources.definitions import (
    CYCLE_LABELS,
    FORMAT_LABELS,
    KIND_LABELS,
    OPENING_LABELS,
    SHARING_LABELS,
    WAY_LABELS,
    Content,
    Cycle,
    Datum,
    Format,
    Kind,
    Opening,
    Sharing,
)
from yiwang.foundation.standards.definitions import ELEMENT_TYPE_LABELS, ElementType
from yiwang.kernel.refusals import FieldProblem

Choice = TypeVar("Choice", bound=StrEnum)
_YES: Final = frozenset({"是", "true", "1", "yes", "on"})
_NO: Final = frozenset({"", "否", "false", "0", "no"})


class Reader:
    """Reads the fields of one resource and keeps what is wrong with them."""

    def __init__(self, said: Mapping[str, object], where: str = "") -> None:
        self._said, self._where = said, where
        self.problems: list[FieldProblem] = []

    def text(self, name: str) -> str:
        value = self._said.get(name)
        return "" if value is None else str(value).strip()

    def choice(self, name: str, labels: Mapping[Choice, str], otherwise: Choice) -> Choice:
        """One of a closed list, by its code or its word."""
        told = self.text(name)
        if not told:
            return otherwise
        found = next((one for one, word in labels.items() if told in (one.value, word)), None)
        if found is None:
            self.wrong(name, f"“{told[:40]}”不在可选的词里：{'、'.join(labels.values())}。")
            return otherwise
        return found

    def choices(self, name: str, labels: Mapping[Choice, str]) -> tuple[Choice, ...]:
        """Several of a closed list, as a list or with commas between."""
        found = []
        for told in self.words(name):
            one = next((o for o, word in labels.items() if told in (o.value, word)), None)
            if one is None:
                self.wrong(name, f"“{told[:40]}”不在可选的词里：{'、'.join(labels.values())}。")
            elif one not in found:
                found.append(one)
        return tuple(found)

    def words(self, name: str) -> tuple[str, ...]:
        value = self._said.get(name)
        if isinstance(value, list | tuple):
            return tuple(str(one).strip() for one in value if str(one).strip())
        told = self.text(name)
        for between in "，、；;,\n":
            told = told.replace(between, " ")
        return tuple(told.split())

    def number(self, name: str, otherwise: int) -> int:
        told = self.text(name)
        if not told:
            return otherwise
        if not (told.isascii() and told.isdecimal() and len(told) <= 7):
            self.wrong(name, f"“{told[:40]}”不是整数。")
            return otherwise
        return int(told)

    def yes(self, name: str) -> bool:
        told = self.text(name).lower()
        if told not in _YES | _NO:
            self.wrong(name, f"“{told[:40]}”要写成“是”或者“否”。")
        return told in _YES

    def wrong(self, name: str, sentence: str) -> None:
        self.problems.append(FieldProblem(f"{self._where}{name}", sentence))


def read_content(said: Mapping[str, object]) -> tuple[Content, tuple[FieldProblem, ...]]:
    """The content as far as it can be read, and what could not be read."""
    reader = Reader(said)
    items = said.get("items")
    data, wrong = read_items(items if isinstance(items, list | tuple) else ())
    content = Content(
        code=reader.text("code"),
        name=reader.text("name"),
        kind=reader.choice("kind", KIND_LABELS, Kind.DEPARTMENT),
        provider=reader.text("provider").upper(),
        summary=reader.text("summary"),
        format=reader.choice("format", FORMAT_LABELS, Format.DATABASE),
        sharing=reader.choice("sharing", SHARING_LABELS, Sharing.UNCONDITIONAL),
        cycle=reader.choice("cycle", CYCLE_LABELS, Cycle.DAILY),
        condition=reader.text("condition"),
        basis_law=reader.text("basis_law").strip("《》"),
        basis_article=reader.text("basis_article"),
        ways=reader.choices("ways", WAY_LABELS),
        opening=reader.choice("opening", OPENING_LABELS, Opening.NONE),
        opening_condition=reader.text("opening_condition"),
        data_class=reader.choice("data_class", DATA_CLASS_LABELS, DataClass.GENERAL),
        grade=reader.number("grade", max([1, *(one.grade for one in data)])),
        officer=reader.text("officer"),
        related=reader.words("related"),
        items=data,
        local=reader.yes("local"),
    )
    return content, (*reader.problems, *wrong)


def read_items(said: Sequence[object]) -> tuple[tuple[Datum, ...], tuple[FieldProblem, ...]]:
    """The items of one resource, in order."""
    found: list[Datum] = []
    problems: list[FieldProblem] = []
    for line in said:
        if not isinstance(line, Mapping):
            problems.append(FieldProblem("items", "信息项写得不对。"))
            continue
        reader = Reader(line, f"items.{str(line.get('name', ''))[:60]}.")
        found.append(
            Datum(
                name=reader.text("name"),
                label=reader.text("label"),
                kind=reader.choice("kind", ELEMENT_TYPE_LABELS, ElementType.TEXT),
                length=reader.number("length", 100),
                grade=reader.number("grade", 1),
                element=reader.text("element"),
                mask=reader.choice("mask", MASK_LABELS, Mask.NONE),
                authoritative=reader.yes("authoritative"),
            )
        )
        problems += reader.problems
    return tuple(found), tuple(problems)
