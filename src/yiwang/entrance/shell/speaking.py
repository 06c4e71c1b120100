"""Sentences of the code in the visitor's language: the pattern is looked up, its values are put in."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language, gettext

from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.kernel.sentences import LegalDay, Sentence


def speak(value: object) -> str:
    """The text as the page says it: a sentence with its parts, a known fixed text, else as it is."""
    if isinstance(value, Sentence):
        if not _foreign():
            return str(value)
        parts = {name: _part(part) for name, part in value.values.items()}
        pattern = gettext(value.pattern)
        return pattern % parts if parts else pattern
    text = str(value)
    return gettext(text) if text.strip() and _foreign() else text


def speak_problem(problem: FieldProblem) -> str:
    """What is wrong with one field and what to do, as one line."""
    said = [speak(problem.sentence), speak(problem.remedy)]
    return (" " if _foreign() else "").join(one for one in said if one.strip())


def spoken_json(refusal: Refusal, request_id: str = "") -> dict[str, dict[str, object]]:
    """A refusal as a program reads it, in the visitor's language."""
    return {
        "refusal": {
            "code": refusal.code,
            "status": refusal.status,
            "sentence": speak(refusal.sentence),
            "remedy": speak(refusal.remedy),
            "fields": [
                {"field": p.field, "sentence": speak(p.sentence), "remedy": speak(p.remedy)}
                for p in refusal.fields
            ],
            "request_id": request_id,
        }
    }


def _part(part: object) -> object:
    if isinstance(part, date):
        return f"{part.day} {part:%B %Y}"
    if isinstance(part, LegalDay):
        year = f" {part.on.year}" if part.on.year != part.today.year else ""
        weekday = "" if part.plain else f" ({part.on:%a})"
        return f"{part.on.day} {part.on:%b}{year}{weekday}"
    return speak(part) if isinstance(part, str) else part


def _foreign() -> bool:
    return not (get_language() or "zh-hans").startswith("zh")
