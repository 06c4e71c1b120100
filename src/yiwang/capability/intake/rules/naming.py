"""Which persons and firms a form names, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from yiwang.capability.intake.definitions import NUMBER_OF, Field, Form, Kind, Named, Prefilled
from yiwang.capability.intake.rules import kinds
from yiwang.capability.intake.rules.checking import visible_fields
from yiwang.capability.intake.rules.cleaning import MAX_ROWS

_ROWS: Final = frozenset(map(str, range(MAX_ROWS)))
_HAVE_NAMES: Final = frozenset({*NUMBER_OF, Kind.GROUP})


def list_named(
    form: Form,
    answers: Mapping[str, Any],
    *,
    on: date,
    step: str | None = None,
    prefilled: Mapping[str, Prefilled] | None = None,
) -> tuple[Named, ...]:
    """Everybody named in full and well-formed on questions that are asked, in form order.

    What a source filled in and nobody changed is from a register already.
    """
    chosen = form.find_step(step)
    fields = chosen.fields if chosen else form.fields
    wanted = [f for f in fields if f.kind in _HAVE_NAMES and f.key in answers]
    if not wanted:
        return ()
    given = prefilled or {}
    found: list[Named] = []
    for field in visible_fields(form, answers):
        fact = given.get(field.key)
        if field not in wanted or (fact is not None and fact.value == answers.get(field.key)):
            continue
        found += _named_in(field, field.key, answers.get(field.key), on)
    return tuple(found)


def find_named(form: Form, place: str, value: Any, *, on: date) -> Named | None:
    """The one named at a place (``relative``, ``members-0-relative``); None: nothing to look up."""
    field = field_at(form, place)
    return next(_named(field, place, value, on), None) if field else None


def field_at(form: Form, place: str) -> Field | None:
    """The question at a place, also inside a row of a group."""
    key, *row = place.split("-")
    field = form.find_field(key)
    if not row:
        return field
    if field is None or field.kind is not Kind.GROUP or len(row) != 2 or row[0] not in _ROWS:
        return None
    return next((inner for inner in field.fields if inner.key == row[1]), None)


def _named_in(field: Field, place: str, value: Any, on: date) -> Iterator[Named]:
    if field.kind is not Kind.GROUP:
        yield from _named(field, place, value, on)
        return
    rows: Sequence[Any] = value if isinstance(value, list) else ()
    for number, row in enumerate(rows):
        for inner in field.fields:
            given = row.get(inner.key) if isinstance(row, dict) else None
            yield from _named(inner, f"{place}-{number}-{inner.key}", given, on)


def _named(field: Field, place: str, value: Any, on: date) -> Iterator[Named]:
    part = NUMBER_OF.get(field.kind)
    if part is None or not isinstance(value, Mapping):
        return
    name, number = value.get("name"), value.get(part)
    if not (isinstance(name, str) and name and isinstance(number, str) and number):
        return
    wrong = (
        kinds.citizen_id(number, on=on, label="")
        if field.kind is Kind.PERSON
        else kinds.uscc(number)
    )
    if wrong is None:
        yield Named(place, field, name, number)
