"""Signed documents of the ledger as they travel between nodes: read strictly, checked by given keys."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yiwang.mechanisms.crypto.primitives import sm2_verify

#: Steps of a proof, restores and bases in one submission: more is no honest one.
STEPS: Final = 128
RESTORES: Final = 16
BASES: Final = 2
_DIGEST: Final = 64


class Unreadable(ValueError):
    """Not the shape, or a signature that does not hold."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint brought to a witness. ``line``: it exactly as it was signed."""

    ledger: str
    number: int
    line: str
    checkpoint: Mapping[str, Any]
    restorations: Sequence[Mapping[str, Any]]
    proofs: Mapping[str, Mapping[str, Sequence[bytes]]]
    vouch: Mapping[str, str]


def plain(document: Mapping[str, Any]) -> bytes:
    """As a document is written for signing."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def read_submission(given: Mapping[str, Any]) -> Submission:
    """``Unreadable`` for anything that is not exactly a submission."""
    try:
        checkpoint = _checkpoint(given["checkpoint"])
        restorations = [_checkpoint(line) for line in given.get("restorations", [])]
        vouch = {name: str(given["vouch"][name]) for name in ("key_id", "point", "by", "signature")}
        proofs = {
            str(number): {str(name): _steps(path) for name, path in by_tree.items()}
            for number, by_tree in given.get("proofs", {}).items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable from error
    ledger = checkpoint["ledger"]
    if len(restorations) > RESTORES or len(proofs) > BASES:
        raise Unreadable
    if any(line["ledger"] != ledger or "restored_to" not in line for line in restorations):
        raise Unreadable
    return Submission(
        ledger=ledger,
        number=checkpoint["number"],
        line=plain(checkpoint).decode(),
        checkpoint=checkpoint,
        restorations=sorted(restorations, key=lambda line: int(line["number"])),
        proofs=proofs,
        vouch=vouch,
    )


def _checkpoint(given: Any) -> Mapping[str, Any]:
    trees = given["trees"]
    good = (
        isinstance(given["ledger"], str)
        and type(given["number"]) is int
        and given["number"] > 0
        and isinstance(given["at"], str)
        and isinstance(given["signature"], str)
        and isinstance(trees, list)
        and len({tree["name"] for tree in trees}) == len(trees)
    )
    for tree in trees:
        good = good and type(tree["size"]) is int and tree["size"] >= 0
        good = good and isinstance(tree["hash"], str) and len(bytes.fromhex(tree["root"])) == 32
    if not good:
        raise Unreadable
    return dict(given)


def _steps(path: Any) -> list[bytes]:
    steps = [bytes.fromhex(step) for step in path if len(step) == _DIGEST]
    if len(steps) != len(path) or len(steps) > STEPS:
        raise Unreadable
    return steps


def vouched_text(ledger: str, key_id: str, point: str) -> bytes:
    """What a node's own key signs to vouch for its ledger's key."""
    return f"yiwang-ledger-key|{ledger}|{key_id}|{point}".encode()


def insist_on_vouched(offered: Submission, points: Mapping[str, str]) -> None:
    """The node's key (``points``: key id → point) vouches for the ledger's, which signed every line."""
    vouch = offered.vouch
    text = vouched_text(offered.ledger, vouch["key_id"], vouch["point"])
    by = points.get(vouch["by"])
    if by is None or not _holds(by, text, vouch["signature"]):
        raise Unreadable
    for line in (offered.checkpoint, *offered.restorations):
        if not is_signed(line, {vouch["key_id"]: vouch["point"]}):
            raise Unreadable


def is_signed(document: Mapping[str, Any], points: Mapping[str, str]) -> bool:
    """Does the document's signature hold by one of these keys?"""
    point = points.get(str(document.get("key_id")))
    if point is None or document.get("algorithm") != "sm2-sm3":
        return False
    rest = {name: value for name, value in document.items() if name != "signature"}
    return _holds(point, plain(rest), str(document.get("signature")))


def _holds(point: str, text: bytes, signature: str) -> bool:
    try:
        value = base64.b64decode(signature, validate=True)
        return sm2_verify(bytes.fromhex(point), text, value)
    except (ValueError, binascii.Error):
        return False


def least(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How far each tree stood at the lowest of these checkpoints."""
    found: dict[str, int] = {}
    for line in lines:
        for tree in line["trees"]:
            found[tree["name"]] = min(tree["size"], found.get(tree["name"], tree["size"]))
    return found


def lies_within(checkpoint: Mapping[str, Any], sizes: Mapping[str, int]) -> bool:
    """Is no tree of the checkpoint longer than given?"""
    return all(tree["size"] <= sizes.get(tree["name"], 0) for tree in checkpoint["trees"])
