"""How a long content is closed piece by piece, and opened with keys from anywhere. No Django.

Layout: ``YWS1`` ‖ length of key id ‖ key id ‖ wrapped content key ‖ pieces. Every content has a
fresh key of its own, so a counter is a safe nonce; the context and the last-piece mark are bound
to each piece.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import (
    CIPHER_SCHEME,
    FIELDS,
    FILES,
    CannotDecrypt,
    KeyId,
)
from yiwang.mechanisms.crypto.rules import split_cipher

MAGIC: Final = b"YWS1"
PIECE: Final = 64 * 1024
_WRAPPED: Final = primitives.NONCE_BYTES + 16 + primitives.TAG_BYTES
_SEALED_PIECE: Final = PIECE + primitives.TAG_BYTES


def open_pieces(
    sealed: BinaryIO, *, context: str, get: Callable[[KeyId], bytes]
) -> Iterator[bytes]:
    """What ``streams.seal_stream`` closed, piece by piece, with keys from ``get``;
    ``CannotDecrypt`` at the first that is wrong."""
    content_key = _content_key(sealed, context, get)
    number = 0
    piece = sealed.read(_SEALED_PIECE)
    while True:
        following = sealed.read(_SEALED_PIECE)
        plain = _open_piece(content_key, number, piece, context, last=not following)
        if plain:
            yield plain
        if not following:
            return
        piece, number = following, number + 1


def open_value(cipher: str, *, purpose: str, get: Callable[[KeyId], bytes]) -> str:
    """What ``actions.encrypt`` closed, with keys from ``get``; ``CannotDecrypt`` for anything else."""
    key_id, body = split_cipher(cipher)
    if not key_id.startswith(FIELDS + "."):
        raise CannotDecrypt
    key = primitives.hmac_sm3(get(key_id), f"{CIPHER_SCHEME}|{purpose}".encode())[:16]
    try:
        sealed = base64.b64decode(body, validate=True)
        return primitives.unseal(key, sealed, purpose.encode()).decode()
    except (primitives.Broken, binascii.Error) as error:
        raise CannotDecrypt from error


def wrapping(secret: bytes) -> bytes:
    """The key that closes a content's own key."""
    return primitives.hmac_sm3(secret, b"sm4-gcm|content key")[:16]


def bound(number: int, context: str, *, last: bool) -> tuple[bytes, bytes]:
    """A piece's nonce and what it is bound to."""
    nonce = number.to_bytes(primitives.NONCE_BYTES, "big")
    return nonce, f"{context}|{number}|{int(last)}".encode()


def _open_piece(key: bytes, number: int, sealed: bytes, context: str, *, last: bool) -> bytes:
    nonce, place = bound(number, context, last=last)
    try:
        return primitives.unseal(key, nonce + sealed, place)
    except primitives.Broken as error:
        raise CannotDecrypt from error


def _content_key(sealed: BinaryIO, context: str, get: Callable[[KeyId], bytes]) -> bytes:
    magic, length = sealed.read(len(MAGIC)), sealed.read(1)
    if magic != MAGIC or not length:
        raise CannotDecrypt
    key_id = KeyId(sealed.read(length[0]).decode("ascii", "replace"))
    if not key_id.startswith(FILES + "."):
        raise CannotDecrypt
    try:
        return primitives.unseal(wrapping(get(key_id)), sealed.read(_WRAPPED), context.encode())
    except primitives.Broken as error:
        raise CannotDecrypt from error
