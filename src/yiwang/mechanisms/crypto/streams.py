"""Long contents, closed piece by piece: nothing is held whole, and no piece can be cut, moved
between files or left off the end unnoticed.

Layout: ``YWS1`` ‖ length of key id ‖ key id ‖ wrapped content key ‖ pieces. Every content has a
fresh key of its own, so a counter is a safe nonce; the context and the last-piece mark are bound
to each piece.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import FILES, CannotDecrypt, KeyId
from yiwang.mechanisms.crypto.keystore import get_store

MAGIC: Final = b"YWS1"
PIECE: Final = 64 * 1024
_WRAPPED: Final = primitives.NONCE_BYTES + 16 + primitives.TAG_BYTES
_SEALED_PIECE: Final = PIECE + primitives.TAG_BYTES


def seal_stream(chunks: Iterable[bytes], *, context: str) -> Iterator[bytes]:
    """Close a content as it flows by; ``context`` (the file's key) must be given again to open."""
    key_id = get_store().current(FILES)
    content_key = os.urandom(16)
    wrapped = primitives.seal(_wrapping(key_id), content_key, context.encode())
    name = key_id.encode()
    yield MAGIC + bytes([len(name)]) + name + wrapped
    waiting = b""
    number = 0
    for piece in _pieces(chunks):
        if number or waiting:
            yield _piece(content_key, number - 1, waiting, context, last=False)
        waiting, number = piece, number + 1
    yield _piece(content_key, max(number - 1, 0), waiting, context, last=True)


def open_stream(sealed: BinaryIO, *, context: str) -> Iterator[bytes]:
    """What ``seal_stream`` closed, piece by piece; ``CannotDecrypt`` at the first that is wrong."""
    content_key = _content_key(sealed, context)
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


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) >= PIECE:
            yield bytes(rest[:PIECE])
            del rest[:PIECE]
    if rest:
        yield bytes(rest)


def _wrapping(key_id: KeyId) -> bytes:
    return primitives.hmac_sm3(get_store().get(key_id), b"sm4-gcm|content key")[:16]


def _bound(number: int, context: str, *, last: bool) -> tuple[bytes, bytes]:
    nonce = number.to_bytes(primitives.NONCE_BYTES, "big")
    return nonce, f"{context}|{number}|{int(last)}".encode()


def _piece(key: bytes, number: int, plain: bytes, context: str, *, last: bool) -> bytes:
    nonce, bound = _bound(number, context, last=last)
    return primitives.seal(key, plain, bound, nonce)[primitives.NONCE_BYTES :]


def _open_piece(key: bytes, number: int, sealed: bytes, context: str, *, last: bool) -> bytes:
    nonce, bound = _bound(number, context, last=last)
    try:
        return primitives.unseal(key, nonce + sealed, bound)
    except primitives.Broken as error:
        raise CannotDecrypt from error


def _content_key(sealed: BinaryIO, context: str) -> bytes:
    magic, length = sealed.read(len(MAGIC)), sealed.read(1)
    if magic != MAGIC or not length:
        raise CannotDecrypt
    key_id = KeyId(sealed.read(length[0]).decode("ascii", "replace"))
    if not key_id.startswith(FILES + "."):
        raise CannotDecrypt
    try:
        return primitives.unseal(_wrapping(key_id), sealed.read(_WRAPPED), context.encode())
    except primitives.Broken as error:
        raise CannotDecrypt from error
