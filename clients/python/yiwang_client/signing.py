"""What is signed, byte for byte (docs/look-up/exchange-protocol.md)."""

from __future__ import annotations

import hmac as compare
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes, hmac


def sm3(data: bytes) -> str:
    """SM3 in hex."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize().hex()


def hmac_sm3(secret: bytes, text: str) -> str:
    """HMAC-SM3 in hex."""
    state = hmac.HMAC(secret, hashes.SM3())
    state.update(text.encode())
    return state.finalize().hex()


@dataclass(frozen=True)
class Key:
    """A system's key: its id, and its secret as it was shown once."""

    key_id: str
    secret: bytes

    @classmethod
    def given(cls, key_id: str, secret: str) -> Key:
        raw = bytes.fromhex(secret)
        if len(raw) != 32:
            raise ValueError("the secret is 64 hex digits")
        return cls(key_id, raw)


@dataclass(frozen=True)
class Signed:
    """A request's headers and the nonce its answer must fit."""

    headers: Mapping[str, str]
    nonce: str


def sign(key: Key, method: str, target: str, body: bytes, *, at: datetime | None = None) -> Signed:
    """``target``: path and query exactly as they are sent."""
    time = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
    nonce, digest = secrets.token_hex(16), sm3(body)
    text = "\n".join(("yw1", method, target, key.key_id, time, nonce, digest))
    headers = {
        "Content-Type": "application/json",
        "X-Exchange-Key": key.key_id,
        "X-Exchange-Time": time,
        "X-Exchange-Nonce": nonce,
        "X-Exchange-Digest": digest,
        "X-Exchange-Mac": hmac_sm3(key.secret, text),
    }
    return Signed(headers, nonce)


def is_proven(key: Key, status: int, nonce: str, body: bytes, mac: str) -> bool:
    """Does the answer come from the node that shares our secret, to this very request?"""
    expected = hmac_sm3(key.secret, f"yw1\n{status}\n{nonce}\n{sm3(body)}")
    return compare.compare_digest(expected.encode(), mac.encode("utf-8", "replace"))
