"""A definition as a file: YAML with the same words as the form, for what a form cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from yiwang.foundation.datasources.definitions import (
    CannotPublishQuery,
    Field,
    FieldType,
    Operator,
    Parameter,
    Published,
    ServiceKind,
)
from yiwang.kernel.refusals import FieldProblem

LONGEST: Final = 60_000
_FIELD: Final = {
    "name": str,
    "column": str,
    "label": str,
    "type": FieldType,
    "grade": int,
    "mask": str,
}
_PARAMETER: Final = {
    "name": str, "label": str, "type": FieldType, "column": str, "operator": Operator,
    "required": bool,
}  # fmt: skip
_WHOLE: Final = {
    "name": str, "title": str, "kind": ServiceKind, "table": str, "rows": int, "seconds": float,
    "bytes": int, "sql": str, "least": int, "keys_per_day": int, "misses_per_day": int,
    "stamp": str, "gone": str, "settle": int, "large": int,
}  # fmt: skip


def read(text: str) -> Published:
    """The definition in a YAML text; CannotPublishQuery names the place that does not read."""
    if len(text) > LONGEST:
        raise _no("definition", f"定义不能超过 {LONGEST} 个字。")
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no("definition", "不是 YAML，或者缩进不对。") from error
    given = _mapping(given, "definition")
    lists = {"fields": _FIELD, "parameters": _PARAMETER}
    plain = {k: v for k, v in given.items() if k not in (*lists, "order", "key")}
    read_ = _typed(plain, _WHOLE, "definition")
    fields, parameters = (
        [
            _typed(_mapping(one, f"{name}.{n}"), shape, f"{name}.{n}")
            for n, one in enumerate(_list(given.get(name, []), name), 1)
        ]
        for name, shape in lists.items()
    )
    try:
        return Published(
            **{"kind": ServiceKind.QUERY, "table": "data", **read_},
            fields=tuple(Field(**one) for one in fields),
            parameters=tuple(Parameter(**one) for one in parameters),
            order=_texts(given.get("order", []), "order"),
            key=_texts(given.get("key", []), "key"),
        )
    except TypeError as error:
        raise _no(
            "definition", "缺少必填的项：服务要有 name、title，字段和参数要有 name、label、type。"
        ) from error


def write(published: Published) -> str:
    """The definition as such a text."""
    plain = {k: v for k, v in published.as_json().items() if v not in ("", (), [])}
    return yaml.safe_dump(_plain(plain), allow_unicode=True, sort_keys=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


def _typed(given: Mapping[Any, Any], shape: Mapping[str, type], place: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in given.items():
        wanted = shape.get(name) if isinstance(name, str) else None
        if wanted is None:
            raise _no(place, f"不认识“{str(name)[:40]}”这一项。")
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if wanted in (str, int, float, bool):
            if type(value) is not wanted:
                raise _no(f"{place}.{name}", "值的类型不对。")
            out[name] = value
        else:
            try:
                out[name] = wanted(value)
            except ValueError as error:
                known = "、".join(str(one) for one in wanted)  # type: ignore[attr-defined]
                raise _no(f"{place}.{name}", f"应为其中之一：{known}。") from error
    return out


def _mapping(value: Any, place: str) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise _no(place, "应为“名称: 值”的几行。")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > 500:
        raise _no(place, "应为列表。")
    return value


def _texts(value: Any, place: str) -> tuple[str, ...]:
    found = _list(value, place)
    if not all(isinstance(one, str) for one in found):
        raise _no(place, "应为列名的列表。")
    return tuple(found)


def _no(place: str, sentence: str) -> CannotPublishQuery:
    return CannotPublishQuery(fields=[FieldProblem(place, sentence)])
