"""What the codes a decision table sees are called: options by their labels, places by their names."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.capability.cases.definitions.flow import Derived, RuleInput
from yiwang.capability.cases.queries import Inside
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import Kind
from yiwang.kernel.places import significant_prefix
from yiwang.mechanisms.rulings.definitions import Value
from yiwang.network.directory import queries as directory


def words_of(one: RuleInput, value: Value, inside: Inside) -> Mapping[str, str]:
    """Code → words for one input: its value's, and those its conditions may name."""
    if one.derived is Derived.DIVISION:
        return _places(value, inside)
    if not one.answer:
        return {}
    form = intake.get_form(inside.item_code, inside.item_version)
    field = form.find_field(one.answer)
    if field is None:
        return {}
    if field.kind is Kind.DIVISION:
        return _places(value, inside)
    return {option.value: option.label for option in field.options}


def _places(value: Value, inside: Inside) -> Mapping[str, str]:
    """The place itself and those around it and around the body that decides, whole and by prefix."""
    known = directory.find_divisions(
        code
        for given in (value, inside.division_code)
        if isinstance(given, str)
        for code in _upwards(given)
    )
    words: dict[str, str] = {}
    for code, view in known.items():
        words[code] = words[significant_prefix(code)] = view.full_name
    return words


def _upwards(code: str) -> list[str]:
    """A code and the codes of the places around it."""
    return [code, *(code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9) if len(code) == 12)]
