"""Pure answers about cipher texts."""

from __future__ import annotations

import hmac

from yiwang.mechanisms.crypto.definitions import (
    CIPHER_SCHEME,
    SIGNATURE_SCHEME,
    CannotDecrypt,
    KeyId,
)


def same(left: str, right: str) -> bool:
    """Equal? Takes the same time wherever the two differ."""
    return hmac.compare_digest(left.encode(), right.encode())


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
