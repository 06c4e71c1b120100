"""What a document says, whether it may be believed, and which ones a node still needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes.definitions import (
    DOCUMENT_BYTES,
    EVERYBODY,
    MEMBERS,
    PARTS,
    SKEW,
    Document,
    NodeKeyView,
)
from yiwang.network.nodes.refusals import (
    CannotTake,
    Outdated,
    WrongSignature,
)

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
    try:
        return found.astimezone(UTC)
    except OverflowError as error:  # the last evening of the year 9999
        raise ValueError("no such moment here") from error


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
    except (ValueError, RecursionError) as error:
        raise CannotTake from error
    if part not in PARTS or version < 1 or not isinstance(body, dict) or size > DOCUMENT_BYTES:
        raise CannotTake
    return Document(part, audience, version, registry, text, *moments, signed_by, signature, body)


def believe(document: Document, keys: Iterable[NodeKeyView]) -> None:
    """WrongSignature unless the key that was the registry's newest when this was issued signed all of
    it: one it has left behind signs no more, though partners may still use it for a day."""
    held = [key for key in keys if key.holds(document.issued_at)]
    key = max(held, key=lambda one: one.valid_from, default=None)
    if key is None or key.key_id != document.signed_by:
        raise WrongSignature
    data = covered(document)
    if not crypto.is_signed_by(data, document.signature, key_id=key.key_id, point=key.point):
        raise WrongSignature


def insist_on_time(document: Document, *, at: datetime, last: bool) -> None:
    """Outdated for one from the future, and for the newest one when its time is over: an older one is
    only a step to it."""
    if document.issued_at > at + SKEW or document.valid_until <= document.issued_at:
        raise Outdated
    if last and not document.holds(at):
        raise Outdated


def have_text(versions: Mapping[str, int]) -> str:
    """``members:3,grants:7``: what a node has, in its address line."""
    return ",".join(f"{part}:{version}" for part, version in sorted(versions.items()))


def read_have(text: str) -> dict[str, int]:
    """The same back; ValueError for anything else."""
    found = {}
    for one in filter(None, text.split(",")):
        part, _, version = one.partition(":")
        if part not in PARTS or not version.isascii() or not version.isdecimal():
            raise ValueError(text)
        found[part] = int(version[:9])
    return found


def to_send(
    rows: Iterable[Mapping[str, Any]], have: Mapping[str, int], *, node: str
) -> list[Mapping[str, Any]]:
    """Of the documents for everybody or for one node: the newest of each part it has not, and of the
    members also the last under each earlier key, so that the way to the present key can be followed."""
    wanted: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: int(row["version"])):
        part = row["part"]
        if row["audience"] in (EVERYBODY, node) and row["version"] > have.get(part, 0):
            wanted[part, row["signed_by"] if part == MEMBERS else ""] = row
    return sorted(wanted.values(), key=lambda row: (row["part"] != MEMBERS, row["version"]))
