"""A seal value inside a PDF, and what the host states about a seal. Pure.

The value stands behind the document as a comment, then the way to its table of contents again: a reader that
knows nothing of it shows the same pages. Taken off, exactly the bytes that were sealed are left.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yiwang.kernel.identifiers import is_uscc
from yiwang.network.nodes.rules import canonical
from yiwang.support.seals.definitions import STATED

SCHEME: Final = "yw1-seal"
_TAIL: Final = b"%YIWANG-SEAL-1 "
_START: Final = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF\s*\Z")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = {"title": 64, "number": 96, "case": 64, "item": 120, "mark": 32}


@dataclass(frozen=True, slots=True)
class Attached:
    """A sealed document taken apart."""

    document: bytes
    statement: str
    signature: str


def embed(document: bytes, *, statement: str, signature: str) -> bytes:
    """The document with its seal value. ValueError for what is no PDF."""
    start = _START.search(document[-64:])
    if not document.startswith(b"%PDF-") or start is None:
        raise ValueError("not a PDF")
    value = json.dumps({"statement": statement, "signature": signature}, ensure_ascii=False)
    line = _TAIL + base64.b64encode(value.encode())
    return b"".join((document, b"\n", line, b"\nstartxref\n", start[1], b"\n%%EOF\n"))


def take_apart(content: bytes) -> Attached | None:
    """What was sealed and with which value; None: no seal value is on it."""
    document, found, rest = content.rpartition(b"\n" + _TAIL)
    if not found:
        return None
    try:
        given = json.loads(base64.b64decode(rest.partition(b"\n")[0], validate=True))
        return Attached(document, str(given["statement"]), str(given["signature"]))
    except (ValueError, KeyError, TypeError):
        return None


def statement(facts: Mapping[str, str | bool]) -> str:
    """What the host signs: one spelling of everything, so that no seal passes for another."""
    return canonical({"scheme": SCHEME, **facts})


def read_statement(text: str) -> dict[str, Any] | None:
    """Its facts; None for anything else."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or given.get("scheme") != SCHEME:
        return None
    if not all(isinstance(given.get(name), str) for name in STATED):
        return None
    try:
        aware = datetime.fromisoformat(given["at"]).tzinfo is not None
    except ValueError:
        return None
    return given if aware and isinstance(given.get("sealed"), bool) else None


def wrong_field(given: Mapping[str, object]) -> str:
    """The first of a request's facts that cannot be; "" when all may."""
    if not is_uscc(str(given.get("body", ""))):
        return "body"
    if not _DIGEST.fullmatch(str(given.get("digest", ""))):
        return "digest"
    if not str(given.get("title", "")).strip():
        return "title"
    for name, longest in _LONGEST.items():
        said = given.get(name, "")
        if not isinstance(said, str) or len(said) > longest or not (said + "x").isprintable():
            return name
    return ""
