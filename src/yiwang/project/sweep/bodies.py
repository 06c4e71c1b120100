"""The smallest body an API operation accepts, from its own schema."""

from __future__ import annotations

from functools import cache
from typing import Any

_BY_TYPE: dict[str, Any] = {
    "integer": 1,
    "number": 1,
    "boolean": False,
    "array": [],
    "null": None,
}


@cache
def smallest_body(operation: Any) -> dict[str, Any]:
    """Every required field, filled with the plainest value of its type."""
    for model in getattr(operation, "models", ()):
        if getattr(model, "__ninja_param_source__", "") == "body":
            schema = model.model_json_schema(by_alias=True)
            whole = _value(schema, schema.get("$defs", {}))
            single = getattr(model, "__ninja_body_params__", None) or list(whole)
            unwrapped = whole.get(single[0]) if len(whole) == 1 else None
            return unwrapped if isinstance(unwrapped, dict) else whole
    return {}


def _value(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(known[schema["$ref"].rpartition("/")[2]], known)
    if "default" in schema:
        return schema["default"]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _value(schema[choice][0], known)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: _value(properties[name], known) for name in schema.get("required", [])}
    if schema.get("type") == "string":
        return "x" * max(1, int(schema.get("minLength", 1)))
    return _BY_TYPE.get(str(schema.get("type")), "x")
