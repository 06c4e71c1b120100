"""What a call asks for, read strictly; and what it is as bytes both sides hash alike."""

from __future__ import annotations

import math
import re
from typing import Any, Final, NamedTuple

from yiwang.foundation.exchange.fastpath import notation
from yiwang.foundation.exchange.fastpath.refusals import RequestMalformed

_LIMITS: Final = {"purpose": 200, "item": 80, "case": 80, "subject": 80}
#: Control characters but line break and tab, and halves of characters.
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
#: As long as a receipt has room for: one that cannot be written stops the writer for everybody.
_FROM_PARTNER: Final = {"system": 73, "service": 73, "grant": 16, "department": 18}
_MOST_FIELDS: Final = 200
_DEEPEST: Final = 8
_FROM_CALLER: Final = frozenset({"purpose", "item", "case", "subject", "parameters", "fields"})


class Question(NamedTuple):
    """One call: by which system, under which grant, why, about what."""

    system: str
    service: str
    purpose: str
    item: str
    case: str
    subject: str
    parameters: dict[str, Any]
    fields: tuple[str, ...]
    grant: str = ""
    department: str = ""  # whose system asks, as its own node knows it
    way: str = "call"  # "table": for a part of a table; the address says it

    def as_bytes(self) -> bytes:
        """As it travels to the provider; both receipts carry its digest."""
        return notation.write(
            {
                "system": self.system,
                "service": self.service,
                "grant": self.grant,
                "department": self.department,
                "purpose": self.purpose,
                "item": self.item,
                "case": self.case,
                "subject": self.subject,
                "parameters": self.parameters,
                "fields": list(self.fields),
            }
        )


def from_caller(
    body: bytes, *, system: str, department: str, service: str, way: str = "call"
) -> Question:
    """What a caller sent; RequestMalformed says which part is wrong."""
    given = plain_object(body)
    unknown = set(given) - _FROM_CALLER
    if unknown:
        raise RequestMalformed(f"请求里有不认识的项：{'、'.join(sorted(unknown))[:200]}。")
    return _question(
        given, system=system, service=service, grant="", department=department, way=way
    )


def from_partner(body: bytes, way: str = "call") -> Question:
    """What another node forwards for one of its systems."""
    given = plain_object(body)
    names = {name: given.pop(name, None) for name in _FROM_PARTNER}
    for name, limit in _FROM_PARTNER.items():
        if not isinstance(names[name], str) or len(names[name]) > limit:
            raise RequestMalformed
    system, service, grant, department = names.values()
    if set(given) != _FROM_CALLER:
        raise RequestMalformed
    return _question(
        given, system=system, service=service, grant=grant, department=department, way=way
    )


def plain_object(body: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 without unreadable characters; RequestMalformed for anything else."""
    try:
        given = notation.read(body)
    except ValueError as error:
        raise RequestMalformed("请求内容应是 UTF-8 编码的 JSON。") from error
    if not isinstance(given, dict) or not is_readable(given, body):
        raise RequestMalformed("请求内容应是 JSON 对象，不能有控制字符。")
    return given


def readable(value: Any, depth: int = 0) -> bool:
    """Text without control characters and lone surrogates, numbers JSON knows, not too deep."""
    if isinstance(value, str):
        return _UNREADABLE.search(value) is None
    if depth > _DEEPEST or (isinstance(value, float) and not math.isfinite(value)):
        return False
    if isinstance(value, dict):
        return all(readable(k, depth) and readable(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return all(readable(item, depth + 1) for item in value)
    return True


def is_readable(value: Any, body: bytes) -> bool:
    """``readable``, of what was read from this body: mostly its bytes say so already."""
    is_flat = body.count(b"{") + body.count(b"[") <= _DEEPEST
    return (is_flat and surely_readable(body)) or readable(value)


def surely_readable(body: bytes) -> bool:
    """JSON in whose text nothing unreadable can hide; False where it has to be read to know."""
    return b"\\" not in body and _UNREADABLE.search(body.decode("utf-8", "replace")) is None


def _question(
    given: dict[str, Any], *, system: str, service: str, grant: str, department: str, way: str
) -> Question:
    texts = {name: given.get(name, "") for name in _LIMITS}
    for name, limit in _LIMITS.items():
        if not isinstance(texts[name], str) or len(texts[name]) > limit:
            raise RequestMalformed(f"{name} 应是不超过 {limit} 个字的文字。")
    if not texts["purpose"].strip():
        raise RequestMalformed("请在 purpose 里写明用途。")
    parameters, fields = given.get("parameters", {}), given.get("fields", [])
    if not isinstance(parameters, dict):
        raise RequestMalformed("parameters 应是 JSON 对象。")
    named = isinstance(fields, list) and all(isinstance(f, str) and len(f) <= 60 for f in fields)
    if not named or len(fields) > _MOST_FIELDS:
        raise RequestMalformed("fields 应是字段名的列表。")
    return Question(
        system=system,
        service=service,
        parameters=parameters,
        fields=tuple(dict.fromkeys(fields)),
        grant=grant,
        department=department,
        way=way,
        **texts,
    )
