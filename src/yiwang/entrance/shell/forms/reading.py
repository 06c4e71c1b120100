"""What a browser sent for the questions of one step → answers by field. Nothing else is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.http import QueryDict

from yiwang.capability.intake.definitions import NUMBER_OF, Field, Kind
from yiwang.entrance.shell.forms.boxes import ONE_BOX, parts_of

MOST_ROWS: Final = 50


def read_answers(fields: Sequence[Field], sent: QueryDict) -> dict[str, Any]:
    """One value per question that was on the page; None where nothing was filled in.

    Files are not answers here: they are uploaded on their own.
    """
    answers: dict[str, Any] = {}
    for field in fields:
        if field.kind is Kind.GROUP:
            answers[field.key] = _rows(field, sent) or None
        elif field.kind is not Kind.FILE and _was_there(field, sent):
            answers[field.key] = _one(field, field.key, sent)
    return answers


def read_named(place: str, sent: QueryDict) -> dict[str, str]:
    """What stands in the boxes of one person or firm, wherever on the form they are."""
    parts = ("name", *NUMBER_OF.values())
    return {part: sent.get(f"{place}-{part}", "") for part in parts if f"{place}-{part}" in sent}


def _was_there(field: Field, sent: QueryDict) -> bool:
    """A box a browser always sends was on the page; a masked answer is not a box and stays."""
    return field.kind not in ONE_BOX or field.key in sent


def _one(field: Field, name: str, sent: QueryDict) -> Any:
    match field.kind:
        case Kind.DATE:
            return _day(name, sent)
        case Kind.CHOICES:
            return sent.getlist(name)[:100] or None
        case Kind.PERSON | Kind.ORGANIZATION:
            pair = {part: sent.get(f"{name}-{part}", "") for part, _, _ in parts_of(field)}
            return pair if any(pair.values()) else None
        case Kind.DIVISION:
            return _division(field, name, sent)
    return sent.get(name) or None


def _day(name: str, sent: QueryDict) -> str | None:
    year, month, day = (sent.get(f"{name}-{part}", "").strip() for part in "ymd")
    if not (year or month or day):
        return None
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}"


def _division(field: Field, name: str, sent: QueryDict) -> str | None:
    """The deepest choice that lies inside the choice above it; a stale deeper list is dropped."""
    chosen = ""
    for level in range(1, 6):
        code = sent.get(f"{name}-{level}", "")
        if re.fullmatch(r"\d{12}", code, re.ASCII) and code.startswith(chosen.rstrip("0")):
            chosen = code
    return chosen or None


def _rows(field: Field, sent: QueryDict) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(field.key)}-(\d{{1,3}})-")
    numbers = {int(found.group(1)) for key in sent if (found := pattern.match(key))}
    rows = []
    for number in sorted(numbers)[:MOST_ROWS]:
        prefix = f"{field.key}-{number}-"
        row = {f.key: _one(f, prefix + f.key, sent) for f in field.fields}
        kept = {key: value for key, value in row.items() if value is not None}
        if kept:
            rows.append(kept)
    return rows
