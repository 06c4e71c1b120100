"""A pack as read from its folder, and what an example says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter

from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.catalogue.definitions import Faq, Item, PackProblem
from yiwang.capability.intake.definitions import Form

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class TextFile:
    """``text/<language>.yaml``: the prose of the guide, and every visible word by its path."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    short_text: Annotated[str, Field(min_length=1)]
    faq: tuple[Faq, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out: problems of the form, or outcome, row, output, materials, due date."""

    problems: tuple[str, ...] = ()
    outcome: str = ""
    row: str = ""
    output: Mapping[str, str | int | bool] = field(default_factory=dict)
    bring: tuple[str, ...] | None = None
    handling_item: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """Given these answers and register facts on this day → expect this."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    on: date
    answers: Mapping[str, Any]
    expect: Expected
    questions: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleTable:
    name: str
    table: Mapping[str, Any]
    tests: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """All parts of one service, parsed. ``documents`` are the files as plain data."""

    code: str
    item: Item
    form: Form
    flow: Flow
    tables: Mapping[str, RuleTable]
    texts: Mapping[str, TextFile]
    notices: Mapping[str, str]
    examples: tuple[Example, ...]
    licence: Mapping[str, Any] | None
    documents: Mapping[str, Any]

    @property
    def texts_as_data(self) -> dict[str, Any]:
        """What a published version keeps of the words: by language, and the notices."""
        said: dict[str, Any] = {
            language: TEXT_ADAPTER.dump_python(text, mode="json")
            for language, text in self.texts.items()
        }
        said["notices"] = dict(self.notices)
        return said


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """One example, tried: what differed; empty when all came out as said."""

    name: str
    differences: tuple[str, ...]


TEXT_ADAPTER: TypeAdapter[TextFile] = TypeAdapter(TextFile)
EXAMPLES_ADAPTER: TypeAdapter[tuple[Example, ...]] = TypeAdapter(tuple[Example, ...])

__all__ = [
    "EXAMPLES_ADAPTER",
    "LANGUAGES",
    "TEXT_ADAPTER",
    "Example",
    "ExampleOutcome",
    "Expected",
    "Pack",
    "PackProblem",
    "RuleTable",
    "TextFile",
]
