"""Dates, money and numbers as a clerk writes them, in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils.translation import get_language

from yiwang.capability.intake import queries as intake
from yiwang.entrance.shell.speaking import speak, speak_problem
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem
from yiwang.kernel.sentences import Sentence

register = template.Library()

_WEEKDAYS = "一二三四五六日"
_CLOSING = "，。、；：！？）》”’」"
_OPENING = "（《“‘「"


def _day(value: date | datetime) -> date:
    return moments.legal_date(value) if isinstance(value, datetime) else value


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def said(value: object) -> str:
    """A sentence of the code in the visitor's language, its parts too; Chinese where none is known."""
    return speak(value)


@register.filter
def of_item(text: object, case: object) -> str:
    """A word of a pack that a case or draft keeps in Chinese, as its pack says it in the visitor's language.

    ``case``: whatever has ``item_code`` (and ``item_version``, else the one in force).
    """
    whole, language = str(text), get_language() or "zh-hans"
    if language.startswith("zh"):
        return whole
    code = getattr(case, "item_code", "")
    words = intake.get_glossary(code, getattr(case, "item_version", 0), language)
    if whole in words:
        return words[whole]
    figure, _, unit = whole.partition(" ")
    if unit in words:
        return f"{figure} {words[unit]}"
    several = whole.split("、")
    if all(one in words for one in several):
        return ", ".join(words[one] for one in several)
    return speak(whole)


@register.filter
def headline(case: object) -> str:
    """The case in one sentence, in the visitor's language, its result by the pack's own word."""
    sentence = getattr(case, "headline", "")
    if isinstance(sentence, Sentence) and "result" in sentence.values:
        result = of_item(sentence.values["result"], case)
        sentence = Sentence(sentence.pattern, {**sentence.values, "result": result})
    return speak(sentence)


@register.filter
def said_problem(problem: FieldProblem) -> str:
    """What is wrong with one field and what to do about it."""
    return speak_problem(problem)


@register.filter
def day(value: date | datetime | None) -> str:
    """``2026年12月18日（周五）``"""
    if value is None:
        return ""
    on = _day(value)
    if _english():
        return f"{on.day} {on:%B %Y} ({on:%a})"
    return f"{on.year}年{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


@register.filter
def short_day(value: date | datetime | None) -> str:
    """``12月18日（周五）``: where the year is plain."""
    if value is None:
        return ""
    on = _day(value)
    if _english():
        return f"{on.day} {on:%b} ({on:%a})"
    return f"{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


@register.filter
def plain_day(value: date | datetime | None) -> str:
    """``2026年12月18日``"""
    if value is None:
        return ""
    on = _day(value)
    return f"{on.day} {on:%B %Y}" if _english() else f"{on.year}年{on.month}月{on.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """``12月11日（周五）16:05``, Shanghai time."""
    if value is None:
        return ""
    return f"{short_day(value)}{' ' if _english() else ''}{clock_time(value)}"


@register.filter
def clock_time(value: datetime | None) -> str:
    """``16:05``, Shanghai time."""
    return f"{value.astimezone(moments.SHANGHAI):%H:%M}" if value else ""


@register.filter
def machine_time(value: date | datetime | None) -> str:
    """The form ``<time datetime>`` wants."""
    if isinstance(value, datetime):
        return value.astimezone(moments.SHANGHAI).isoformat(timespec="minutes")
    return value.isoformat() if value else ""


@register.filter
def yuan(fen: int | None) -> str:
    """``¥1,280.00`` from whole fen."""
    return "" if fen is None else f"¥{fen // 100:,}.{fen % 100:02d}"


@register.filter
def grouped(number: int | None) -> str:
    """``61,204``"""
    return "" if number is None else f"{number:,}"


@register.filter
def spaced(number: str) -> str:
    """A long number in groups of four, so that it can be read over the telephone."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


@register.filter
def phrases(sentence: str) -> tuple[str, ...]:
    """Where a heading may break: after ，；： and before （, never inside a phrase."""
    parts: list[str] = []
    current = ""
    for sign in sentence:
        current += sign
        if sign in "，；：":
            parts.append(current)
            current = ""
    return tuple(part for part in (*parts, current) if part)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a heading; ``css``: a little air where Latin signs meet Chinese ones."""

    text: str
    css: str


@register.filter
def wordwise(heading: str) -> tuple[Word, ...]:
    """The words of a heading, so that a line never breaks inside one; spaces stay by themselves."""
    return _words(str(heading))


@lru_cache(maxsize=4096)
def _words(heading: str) -> tuple[Word, ...]:
    found: list[str] = []
    import rjieba  # a tenth of a second, of no use to a process that draws no page

    for word in rjieba.cut(heading):
        glued = found and not found[-1].isspace() and not word.isspace()
        if glued and (word[0] in _CLOSING or found[-1][-1] in _OPENING):
            found[-1] += word
        else:
            found.append(word)
    pairs = zip(["", *found], found, strict=False)
    return tuple(Word(word, "ph air" if _meet(before, word) else "ph") for before, word in pairs)


def _meet(before: str, word: str) -> bool:
    """Do a Chinese sign and a Latin letter or digit meet here?"""
    one, two = before[-1:], word[:1]
    if not one or not (one.isalnum() and two.isalnum()):
        return False
    return one.isascii() != two.isascii()


@register.filter
def named(code: str, names: Mapping[str, str]) -> str:
    """What a code is called, by the names a page was given; the code itself where nobody knows."""
    return names.get(code) or code
