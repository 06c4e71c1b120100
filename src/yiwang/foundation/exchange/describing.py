"""Pure: a service as integrators' tools read it (OpenAPI 3.1); used by the fast path and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: The catalogue's types in JSON Schema; a field without a type may hold anything.
_TYPES: Final[Mapping[str, dict[str, Any]]] = {
    "TEXT": {"type": ["string", "null"]},
    "CODE": {"type": ["string", "null"]},
    "NUMBER": {"type": ["number", "null"]},
    "DATE": {"type": ["string", "null"], "format": "date"},
    "MOMENT": {"type": ["string", "null"], "format": "date-time"},
    "YES_NO": {"type": ["boolean", "null"]},
    "OBJECT": {"type": ["object", "null"]},
    "FILE": {"type": ["object", "null"]},
}


def openapi(service: Mapping[str, Any]) -> dict[str, Any]:
    """One service: ``code title summary version limit_seconds reply_bytes parameters fields``; a field
    may say its ``kind`` and ``length``. A topic (kind MESSAGE): how it is told, and how it is fetched."""
    head = {"title": service["title"], "version": str(service["version"])}
    kind = service.get("kind")
    if kind == "MESSAGE":
        paths = _told(service) | _fetched(service)
    else:
        way = "tables" if kind == "TABLE" else "calls"
        paths = {
            f"/exchange/v1/{way}/{service['code']}": {
                "post": _call(service, _json(_answer(service)))
            }
        }
        if kind in ("CALL", "QUERY", None):
            lines = {"application/x-ndjson": {"schema": _TEXT}, **_json(_answer(service))}
            paths[f"/exchange/v1/streams/{service['code']}"] = {"post": _call(service, lines)}
    return {"openapi": "3.1.0", "info": head, "paths": paths}


def _call(service: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": service["title"],
        "description": service["summary"],
        "x-limit-seconds": service.get("limit_seconds", 10.0),
        "x-reply-bytes": service.get("reply_bytes", 1_048_576),
        "requestBody": {"required": True, "content": _json(_question(service))},
        "responses": {
            "200": {"description": "有记录或没有记录", "content": answer},
            "default": {"description": "没有办成", "content": _json(_NO)},
        },
    }


_TEXT: Final = {"type": "string"}
_NO: Final = {
    "type": "object",
    "required": ["refusal"],
    "properties": {"status": {"enum": ["REFUSED", "AWAY"]}, "refusal": {"type": "object"}},
}


def _told(service: Mapping[str, Any]) -> dict[str, Any]:
    """Publishing, by the department it belongs to."""
    record = {field["name"]: _field(field) for field in service["fields"]}
    text = {**_TEXT, "maxLength": 100}
    publication = {
        "type": "object",
        "required": ["key", "body"],
        "additionalProperties": False,
        "properties": {
            "key": {**text, "minLength": 1},
            "order": text,
            "subject": text,
            "body": {"type": "object", "properties": record, "additionalProperties": False},
        },
    }
    taken = {
        "type": "object",
        "required": ["status", "topic", "position"],
        "properties": {
            "status": {"enum": ["TAKEN", "KNOWN"]},
            "topic": _TEXT,
            "position": {"type": "integer"},
        },
    }
    return {
        f"/exchange/v1/topics/{service['code']}": {
            "post": {
                "summary": service["title"],
                "description": service["summary"],
                "requestBody": {"required": True, "content": _json(publication)},
                "responses": {
                    "202": {"description": "已收下", "content": _json(taken)},
                    "default": {"description": "没有办成", "content": _json(_NO)},
                },
            }
        }
    }


_NUMBER: Final = {"type": "integer", "minimum": 0}
_REFUSED: Final = {
    "description": "没有办成",
    "content": {"application/json": {"schema": _NO}},
}


def _fetched(service: Mapping[str, Any]) -> dict[str, Any]:
    """A subscriber's own system fetches what waits, and says up to where it has it."""
    upto = {
        "type": "object",
        "required": ["position"],
        "additionalProperties": False,
        "properties": {"position": _NUMBER},
    }
    done = {
        "type": "object",
        "required": ["topic", "position", "acknowledged"],
        "properties": {"topic": _TEXT, "position": _NUMBER, "acknowledged": _NUMBER},
    }
    given = {"description": "等着的消息", "content": _json(_waiting(service))}
    noted = {"description": "已记下", "content": _json(done)}
    return {
        f"/exchange/v1/messages/{service['code']}": {
            "get": {
                "summary": f"{service['title']}：取消息",
                "parameters": [
                    {"name": name, "in": "query", "required": False, "schema": _NUMBER}
                    for name in ("after", "most")
                ],
                "responses": {"200": given, "default": _REFUSED},
            },
            "post": {
                "summary": f"{service['title']}：确认收到哪一条为止",
                "requestBody": {"required": True, "content": _json(upto)},
                "responses": {"200": noted, "default": _REFUSED},
            },
        }
    }


def _waiting(service: Mapping[str, Any]) -> dict[str, Any]:
    record = {field["name"]: _field(field) for field in service["fields"]}
    message = {
        "type": "object",
        "required": ["message", "topic", "position", "order", "published_at", "resent", "body"],
        "properties": {
            "message": _TEXT,
            "topic": _TEXT,
            "position": _NUMBER,
            "order": _TEXT,
            "published_at": {**_TEXT, "format": "date-time"},
            "resent": {"type": "boolean"},
            "body": {"type": "object", "properties": record},
        },
    }
    return {
        "type": "object",
        "required": ["topic", "messages", "position"],
        "properties": {
            "topic": _TEXT,
            "messages": {"type": "array", "items": message},
            "position": _NUMBER,
        },
    }


def _question(service: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {p["name"]: {"title": p.get("title", "")} for p in service["parameters"]}
    needed = [p["name"] for p in service["parameters"] if p.get("required", True)]
    return {
        "type": "object",
        "required": ["purpose", *(["parameters"] if needed else [])],
        "additionalProperties": False,
        "properties": {
            "purpose": {**_TEXT, "maxLength": 200},
            "item": {**_TEXT, "maxLength": 80},
            "case": {**_TEXT, "maxLength": 80},
            "subject": {**_TEXT, "maxLength": 80},
            "parameters": {"type": "object", "properties": parameters, "required": needed},
            "fields": {
                "type": "array",
                "items": {"enum": [field["name"] for field in service["fields"]]},
            },
        },
    }


def _answer(service: Mapping[str, Any]) -> dict[str, Any]:
    record = {field["name"]: _field(field) for field in service["fields"]}
    return {
        "type": "object",
        "required": ["message", "status", "as_of", "source"],
        "properties": {
            "message": _TEXT,
            "status": {"enum": ["FOUND", "NOT_FOUND"]},
            "value": {"type": "object", "properties": record},
            "rows": {"type": "array", "items": {"type": "object", "properties": record}},
            "more": {"type": "boolean"},
            "as_of": _TEXT,
            "source": _TEXT,
        },
    }


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"title": field["title"], **_TYPES.get(str(field.get("kind", "")), {})}
    if field.get("length") and "string" in schema.get("type", ()):
        schema["maxLength"] = field["length"]
    return schema


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
