"""The words of an item by path, so that a text file can say each of them in another language.

A path names the element by its key: ``item.conditions.age.text``. Shelf note: pure, read by queries
and by the pack check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from yiwang.capability.catalogue.definitions import Faq, Item

_SPOKEN = frozenset(
    [
        "name",
        "short_name",
        "text",
        "help",
        "label",
        "why",
        "issuer",
        "sample",
        "title",
        "who",
        "note",
        "limit",
        "question",
        "answer",
        "explanation",
        "where",
        "hours",
        "consult",
        "complain",
        "review",
        "suit",
        "department_name",
        "short_text",
        "statutory_note",
        "quote_for",
        "value",
        "asked_because",
        "liability",
        "how",
        "not_for",
    ]
)
_NOT_WORDS = frozenset({"parameters", "when", "synonyms", "options_source"})


def words_of(item: Item) -> dict[str, str]:
    """Every visible word of an item, by path."""
    return dict(_walk(item, "item"))


def in_language(item: Item, texts: Mapping[str, Any], language: str) -> Item:
    """The item in a language: prose from its text file, each word by path, Chinese where missing."""
    chinese = _with_prose(item, texts.get("zh-hans", {}))
    if language == "zh-hans" or language not in texts:
        return chinese
    said = texts[language]
    spoken = _replace(chinese, "item", said.get("words", {}))
    result: Item = _with_prose(spoken, said)
    return result


def _with_prose(item: Item, said: Mapping[str, Any]) -> Item:
    faq = tuple(Faq(**entry) for entry in said.get("faq", ()))
    return replace(item, short_text=said.get("short_text") or item.short_text, faq=faq or item.faq)


def _element_path(path: str, element: Any, position: int) -> str:
    for name in ("key", "value"):
        if hasattr(element, name):
            return f"{path}.{getattr(element, name)}"
    return f"{path}.{position}"


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name in _NOT_WORDS or field.name == "faq":
                continue
            if isinstance(inner, str):
                if field.name in _SPOKEN and inner and not _is_option_value(value, field.name):
                    yield f"{path}.{field.name}", inner
            else:
                yield from _walk(inner, f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for position, element in enumerate(value):
            if is_dataclass(element):
                yield from _walk(element, _element_path(path, element, position))


def _is_option_value(value: object, name: str) -> bool:
    return name == "value" and not hasattr(value, "key")


def _replace(value: Any, path: str, words: Mapping[str, str]) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name in _NOT_WORDS:
                continue
            here = f"{path}.{field.name}"
            if isinstance(inner, str):
                if here in words:
                    changes[field.name] = words[here]
            elif inner is not None:
                changes[field.name] = _replace(inner, here, words)
        return replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(_replace(e, _element_path(path, e, i), words) for i, e in enumerate(value))
    return value
