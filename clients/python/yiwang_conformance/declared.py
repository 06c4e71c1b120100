"""What a service says it answers: a declaration of ours, or OpenAPI as a node gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


class NotDeclared(ValueError):
    """The declaration cannot be read; the sentence says why."""


@dataclass(frozen=True)
class Field:
    """One item of the answer. ``length`` 0: not limited; ``kind`` empty: anything."""

    name: str
    title: str
    kind: str = ""
    length: int = 0
    required: bool = True

    def problem(self, value: Any) -> str:
        """What is wrong with a value; empty when nothing is."""
        if value is None:
            return "" if not self.required else f"{self.name} 没有值"
        if not _fits(self.kind, value):
            return f"{self.name} 应是{KINDS[self.kind]}"
        size = len(value) if isinstance(value, str) else len(json.dumps(value))
        if self.length and size > self.length:
            return f"{self.name} 长 {size}，登记的是 {self.length}"
        return ""


#: What a value may be declared as.
KINDS: Mapping[str, str] = {
    "": "任何值",
    "text": "文字",
    "number": "数字",
    "yes-no": "是或否",
    "date": "日期（YYYY-MM-DD）",
    "moment": "时间（ISO 8601，带时区）",
    "object": "对象",
    "list": "列表",
}
#: The catalogue's element types and those of JSON Schema.
_ALSO = {
    "TEXT": "text", "CODE": "text", "NUMBER": "number", "DATE": "date", "MOMENT": "moment",
    "YES_NO": "yes-no", "OBJECT": "object", "FILE": "object", "string": "text",
    "integer": "number", "boolean": "yes-no", "array": "list",
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One thing a caller has to say."""

    name: str
    required: bool = True


@dataclass(frozen=True)
class Declared:
    """A service as its department declares it."""

    code: str
    title: str
    fields: tuple[Field, ...]
    parameters: tuple[Parameter, ...]
    method: str = "POST"
    limit_seconds: float = 10.0
    reply_bytes: int = 1_048_576
    single: bool = False  # one record about one thing, never several
    health: str = ""
    found: tuple[Mapping[str, Any], ...] = ()
    not_found: Mapping[str, Any] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)  # as it was read

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(p.name for p in self.parameters if p.required)


def read(given: Any, examples: Any = None) -> Declared:
    """A declaration from JSON; ``examples``: a second file with questions, for an OpenAPI."""
    if not isinstance(given, dict):
        raise NotDeclared("登记的内容应是 JSON 对象。")
    try:
        plain = _of_openapi(given) if "openapi" in given else given
        return _declared({**plain, **({"examples": examples} if examples else {})}, given)
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise NotDeclared(f"登记的内容缺少：{error}。") from error


def _declared(plain: Mapping[str, Any], source: Mapping[str, Any]) -> Declared:
    fields = tuple(_field(one) for one in plain["fields"])
    if not fields:
        raise NotDeclared("请至少登记一个返回字段。")
    asked = plain.get("examples") or {}
    found = asked.get("found") or []
    found = tuple(found if isinstance(found, list) else [found])
    if not found or not all(isinstance(one, dict) for one in found):
        raise NotDeclared("请在 examples.found 里给一组查得到记录的测试参数，最好给两组。")
    limit, size = float(plain.get("limit_seconds", 10.0)), int(plain.get("reply_bytes", 1_048_576))
    if not 0 < limit <= 60 or size < 1:
        raise NotDeclared("limit_seconds 应在 60 秒以内，reply_bytes 应大于 0。")
    return Declared(
        code=str(plain["code"]),
        title=str(plain.get("title", "")),
        fields=fields,
        parameters=tuple(
            Parameter(str(p["name"]), bool(p.get("required", True)))
            for p in plain.get("parameters", ())
        ),
        method="GET" if plain.get("method") == "GET" else "POST",
        limit_seconds=limit,
        reply_bytes=size,
        single=plain.get("answers", "") == "one",
        health=str(plain.get("health", "")),
        found=found,
        not_found=asked.get("not_found"),
        source={**source, **({"examples": asked} if "openapi" in source else {})},
    )


def _field(given: Mapping[str, Any]) -> Field:
    kind = str(given.get("type", ""))
    kind = _ALSO.get(kind, kind)
    if kind not in KINDS:
        raise NotDeclared(f"不认识的类型：{kind}。可用：{'、'.join(k for k in KINDS if k)}。")
    return Field(
        name=str(given["name"]),
        title=str(given.get("title", "")),
        kind=kind,
        length=int(given.get("length", 0) or 0),
        required=bool(given.get("required", True)),
    )


def _of_openapi(given: Mapping[str, Any]) -> dict[str, Any]:
    """The first call of an OpenAPI document of a node, or one of the same shape."""
    path, operations = next(iter(given["paths"].items()))
    call = operations["post"]
    asked = call["requestBody"]["content"]["application/json"]["schema"]["properties"]
    told = asked.get("parameters", {})
    good = call["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    record = good["value"]
    return {
        "code": path.removeprefix("/exchange/v1/calls/"),
        "title": given["info"]["title"],
        "limit_seconds": call.get("x-limit-seconds", 10.0),
        "reply_bytes": call.get("x-reply-bytes", 1_048_576),
        "parameters": [
            {"name": name, "required": name in told.get("required", ())}
            for name in told.get("properties", {})
        ],
        "fields": [
            {
                "name": name,
                "title": one.get("title", ""),
                "type": _kind_of(one),
                "length": one.get("maxLength", 0),
                "required": name in record.get("required", ()),
            }
            for name, one in record["properties"].items()
        ],
    }


def _kind_of(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "moment"
    kind = schema.get("type", "")
    kinds: Sequence[str] = kind if isinstance(kind, list) else [kind]
    return next((one for one in kinds if one != "null"), "")


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "yes-no":
            return isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
        case "list":
            return isinstance(value, list)
        case "date":
            return _reads(date.fromisoformat, value) and len(value) == 10
        case "moment":
            return _reads(datetime.fromisoformat, value) and _is_zoned(value)
    return True


def _reads(reader: Any, value: Any) -> bool:
    try:
        reader(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_zoned(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None
