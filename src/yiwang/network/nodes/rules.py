"""What a document says, whether it may be believed, and what two nodes share. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes.definitions import (
    CODE,
    DOCUMENT_BYTES,
    PARTS,
    SKEW,
    Document,
    NodeKeyView,
)
from yiwang.network.nodes.refusals import CannotTake, Outdated, WrongSignature

SCHEME: Final = "yw1"
_TEXTS: Final = ("part", "audience", "registry", "body", "signed_by", "signature")


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted names, no blanks, no numbers that are none."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def moment(text: object) -> datetime:
    """An aware moment from ISO text; ValueError for anything else."""
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return found.astimezone(UTC)


def spelled(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def covered(document: Document) -> bytes:
    """What the registry signs: every field, so that no document passes for another."""
    return canonical(
        {
            "scheme": f"{SCHEME}-document",
            "part": document.part,
            "audience": document.audience,
            "version": document.version,
            "registry": document.registry,
            "body": document.text,
            "issued_at": spelled(document.issued_at),
            "valid_until": spelled(document.valid_until),
            "signed_by": document.signed_by,
        }
    ).encode()


def as_wire(document: Document) -> dict[str, Any]:
    """As one node gives it to another, and as it lies in the cache."""
    return {
        "part": document.part,
        "audience": document.audience,
        "version": document.version,
        "registry": document.registry,
        "body": document.text,
        "issued_at": spelled(document.issued_at),
        "valid_until": spelled(document.valid_until),
        "signed_by": document.signed_by,
        "signature": document.signature,
    }


def read_document(given: Mapping[str, Any]) -> Document:
    """What arrived, as a document; CannotTake when it is none. Nothing is believed yet."""
    texts = {name: given.get(name) for name in _TEXTS}
    version = given.get("version")
    if not all(isinstance(text, str) for text in texts.values()) or type(version) is not int:
        raise CannotTake
    part, audience, registry, text, signed_by, signature = (str(texts[name]) for name in _TEXTS)
    try:
        moments = moment(given.get("issued_at")), moment(given.get("valid_until"))
        body = json.loads(text)
        size = len(text.encode())
    except ValueError as error:
        raise CannotTake from error
    if part not in PARTS or version < 1 or not isinstance(body, dict) or size > DOCUMENT_BYTES:
        raise CannotTake
    return Document(part, audience, version, registry, text, *moments, signed_by, signature, body)


def believe(document: Document, keys: Iterable[NodeKeyView]) -> None:
    """WrongSignature unless one of the registry's keys, good when it was issued, signed all of it."""
    for key in keys:
        if key.key_id == document.signed_by and key.holds(document.issued_at):
            data = covered(document)
            if crypto.is_signed_by(data, document.signature, key_id=key.key_id, point=key.point):
                return
    raise WrongSignature


def insist_on_time(document: Document, *, at: datetime, last: bool) -> None:
    """Outdated for one from the future, and for the newest one when its time is over: an older one is
    only a step to it."""
    if document.issued_at > at + SKEW or document.valid_until <= document.issued_at:
        raise Outdated
    if last and not document.holds(at):
        raise Outdated


def is_code(text: str) -> bool:
    """May a node be called so?"""
    return CODE.fullmatch(text) is not None


def pair_info(one: tuple[str, str], other: tuple[str, str], use: str = "") -> bytes:
    """What a shared key is for: two nodes (code, key id), in one order whoever asks, and the use."""
    (a, a_key), (b, b_key) = sorted((one, other))
    parts = (SCHEME, a, b, a_key, b_key)
    return "|".join((*parts, use) if use else parts).encode()


def pair_key(secret: bytes, *, own: tuple[str, str], partner: tuple[str, str], point: str) -> bytes:
    """The 32 bytes two nodes share: own secret, the partner's point. Keep it: it takes a millisecond."""
    return crypto.agree(secret, point, pair_info(own, partner))
