"""Pure JSON Schema 2020-12 from fields: types, limits, if/then for conditional questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from yiwang.capability.intake.definitions.form import Field, Kind, ShowWhen

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TEXT_LIMIT: Final = 200
LONG_TEXT_LIMIT: Final = 2_000
#: Kinds whose answer is one string; their own shape is checked by ``rules``.
_STRING_LIMITS: Final = {
    Kind.TEXT: TEXT_LIMIT,
    Kind.LONG_TEXT: LONG_TEXT_LIMIT,
    Kind.DATE: 10,
    Kind.CITIZEN_ID: 30,
    Kind.PHONE: 30,
    Kind.ACCOUNT: 40,
    Kind.DIVISION: 12,
    Kind.INDUSTRY: 5,
    Kind.LICENCE: 96,
}
_PAIRS: Final = {
    Kind.PERSON: {"name": 60, "citizen_id": 30},
    Kind.ORGANIZATION: {"name": 120, "uscc": 30},
}


def build_schema(fields: Sequence[Field], title: str = "") -> dict[str, Any]:
    """The schema of a whole form (or of one row of a group)."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f.key: _property(f) for f in fields},
        "required": [f.key for f in fields if f.required and f.show_when is None],
        "additionalProperties": False,
    }
    conditions = [_condition(f.key, f.show_when) for f in fields if f.required and f.show_when]
    if conditions:
        schema["allOf"] = conditions
    return {"$schema": DIALECT, "title": title, **schema} if title else schema


def _condition(key: str, shown: ShowWhen) -> dict[str, Any]:
    values = list(shown.values)
    given = {"anyOf": [{"enum": values}, {"type": "array", "contains": {"enum": values}}]}
    return {
        "if": {"properties": {shown.field: given}, "required": [shown.field]},
        "then": {"required": [key]},
    }


def _property(field: Field) -> dict[str, Any]:
    match field.kind:
        case Kind.NUMBER:
            limits = {"minimum": field.minimum, "maximum": field.maximum}
            kept = {k: v for k, v in limits.items() if v is not None}
            return {"type": "integer" if field.integer else "number", **kept}
        case Kind.YES_NO:
            return {"type": "boolean"}
        case Kind.CHOICE:
            return {"enum": [o.value for o in field.options]}
        case Kind.CHOICES:
            codes = {"enum": [o.value for o in field.options]}
            return {"type": "array", "items": codes, "uniqueItems": True, **_items(field)}
        case Kind.FILE:
            key = {"type": "string", "minLength": 1, "maxLength": 64}
            return {"type": "array", "items": key, "uniqueItems": True, **_items(field)}
        case Kind.GROUP:
            return {"type": "array", "items": build_schema(field.fields), **_items(field)}
        case Kind.PERSON | Kind.ORGANIZATION:
            return _pair(field)
    limit = field.max_length or _STRING_LIMITS[field.kind]
    text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": limit}
    return {**text, "pattern": field.pattern} if field.pattern else text


def _pair(field: Field) -> dict[str, Any]:
    limits = _PAIRS[field.kind]
    return {
        "type": "object",
        "properties": {
            k: {"type": "string", "minLength": 1, "maxLength": n} for k, n in limits.items()
        },
        "required": list(limits),
        "additionalProperties": False,
    }


def _items(field: Field) -> dict[str, Any]:
    least = max(field.min_items, 1 if field.required else 0)
    limits: dict[str, Any] = {"minItems": least} if least else {}
    return {**limits, "maxItems": field.max_items} if field.max_items else limits
