"""Pure answers about cipher texts, and about keys that are somebody else's."""

from __future__ import annotations

import base64
import hmac

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import (
    CIPHER_SCHEME,
    SIGNATURE_SCHEME,
    CannotDecrypt,
    KeyId,
)


def same(left: str, right: str) -> bool:
    """Equal? Takes the same time wherever the two differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def field_key(secret: bytes, purpose: str) -> bytes:
    """One purpose's own SM4 key under a stored key: a value cannot move to another column."""
    return primitives.hmac_sm3(secret, f"{CIPHER_SCHEME}|{purpose}".encode())[:16]


def index_of(secret: bytes, plain: str, purpose: str) -> str:
    """What a value is looked up by, under the index key."""
    return primitives.hmac_sm3(secret, f"{purpose}\x00{plain}".encode()).hex()


def split_cipher(cipher: str) -> tuple[KeyId, str]:
    """``"sm4-gcm$<key id>$<base64>"`` → key id, base64; ``CannotDecrypt`` for anything else."""
    parts = cipher.split("$")
    if len(parts) != 3 or parts[0] != CIPHER_SCHEME:
        raise CannotDecrypt
    return KeyId(parts[1]), parts[2]


def split_signature(signature: str) -> tuple[KeyId, str] | None:
    """``"sm2-sm3$<key id>$<base64>"`` → key id, base64; None for anything else."""
    parts = signature.split("$")
    if len(parts) != 3 or parts[0] != SIGNATURE_SCHEME:
        return None
    return KeyId(parts[1]), parts[2]


def is_signed_by(data: bytes, signature: str, *, key_id: str, point: str) -> bool:
    """Did the holder of somebody else's public point (hex) sign exactly these bytes?"""
    parts = split_signature(signature)
    if parts is None or parts[0] != key_id or not is_point(point):
        return False
    try:
        value = base64.b64decode(parts[1], validate=True)
    except ValueError:  # not Base 64, or not ASCII at all
        return False
    return primitives.sm2_verify(bytes.fromhex(point), data, value)


def signature(secret: bytes, data: bytes, *, key_id: str) -> str:
    """As ``actions.sign`` writes it, by a process that holds the key itself."""
    value = primitives.sm2_sign(secret, data)
    return f"{SIGNATURE_SCHEME}${key_id}${base64.b64encode(value).decode()}"


def is_point(point: str) -> bool:
    """An uncompressed SM2 point in hex, on the curve?"""
    try:
        return point == point.lower() and primitives.is_on_curve(bytes.fromhex(point))
    except ValueError:
        return False


def fingerprint(point: str) -> str:
    """What two people compare by telephone before they trust a key: SM3 of the point, hex."""
    return primitives.sm3(bytes.fromhex(point)).hex()


def agree(secret: bytes, point: str, info: bytes) -> bytes:
    """A key only the holder of ``secret`` and the holder of ``point``'s secret can compute."""
    return primitives.derive(primitives.sm2_agree(secret, bytes.fromhex(point)), info)
