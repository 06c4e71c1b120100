"""Long contents, closed piece by piece: nothing is held whole, and no piece can be cut, moved
between files or left off the end unnoticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from yiwang.mechanisms.crypto import pieces, primitives
from yiwang.mechanisms.crypto.definitions import FILES
from yiwang.mechanisms.crypto.keystore import get_store
from yiwang.mechanisms.crypto.pieces import MAGIC, PIECE


def seal_stream(chunks: Iterable[bytes], *, context: str) -> Iterator[bytes]:
    """Close a content as it flows by; ``context`` (the file's key) must be given again to open."""
    key_id = get_store().current(FILES)
    content_key = os.urandom(16)
    wrapped = primitives.seal(
        pieces.wrapping(get_store().get(key_id)), content_key, context.encode()
    )
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
    return pieces.open_pieces(sealed, context=context, get=get_store().get)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        while len(rest) >= PIECE:
            yield bytes(rest[:PIECE])
            del rest[:PIECE]
    if rest:
        yield bytes(rest)


def _piece(key: bytes, number: int, plain: bytes, context: str, *, last: bool) -> bytes:
    nonce, bound = pieces.bound(number, context, last=last)
    return primitives.seal(key, plain, bound, nonce)[primitives.NONCE_BYTES :]
