"""大答复的暂存: what is too large for memory lies on this node's disk, sealed, until it has been handed on.

A file has no name and its key lies in memory only: whatever ends the process ends both, and what is left
on the disk can be read by nobody.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Final

from yiwang.foundation.exchange.fastpath.refusals import SpoolFull
from yiwang.mechanisms.crypto import primitives

#: What is sealed, read and sent at once.
PIECE: Final = 256 * 1024
_ROOM: Final = PIECE + primitives.NONCE_BYTES + primitives.TAG_BYTES
#: Of one node, all together; and how many at once.
MOST_BYTES: Final = 2 * 1024**3
AT_ONCE: Final = 32


class Spools:
    """How much of this node's disk large replies take."""

    def __init__(self, home: Path, most: int = MOST_BYTES) -> None:
        self.folder = home / "exchange" / "spool"
        self.most = most
        self.used = self.open = 0
        self._lock = threading.Lock()

    def new(self) -> Spool:
        """SpoolFull: there are as many as may be, or no file can be made."""
        with self._lock:
            if self.open >= AT_ONCE:
                raise SpoolFull
            self.open += 1
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return Spool(self, tempfile.TemporaryFile(dir=self.folder, buffering=0))
        except OSError as error:
            self.give_back(0)
            raise SpoolFull from error

    def take(self, size: int) -> None:
        """SpoolFull when all of them would be larger than they may."""
        with self._lock:
            if self.used + size > self.most:
                raise SpoolFull
            self.used += size

    def give_back(self, size: int) -> None:
        with self._lock:
            self.used -= size
            self.open -= 1


class Spool:
    """One large reply: written from its beginning to its end, then read piece by piece. It blocks: not
    for the loop."""

    def __init__(self, spools: Spools, file: FileIO) -> None:
        self._spools, self._file = spools, file
        self._key = os.urandom(16)
        self._lock = threading.Lock()
        self._tail = bytearray()
        self._taken = 0
        self._closed = False
        self._sum = primitives.sm3_state()
        self.pieces = self.size = 0
        self.digest = ""
        #: Asked before each piece leaves; raises when it may not any more.
        self.may: Callable[[], object] = lambda: None

    def write(self, data: bytes) -> None:
        """SpoolFull: no room left, or the disk says no."""
        self._sum.update(data)
        self._tail += data
        self.size += len(data)
        while len(self._tail) >= PIECE:
            self._put(bytes(self._tail[:PIECE]))
            del self._tail[:PIECE]

    def finish(self) -> None:
        """Nothing more comes."""
        if self._tail:
            self._put(bytes(self._tail))
            self._tail.clear()
        self.digest = self._sum.finalize().hex()

    def read(self, number: int) -> bytes:
        """A piece as it was written; KeyError for one there is not."""
        with self._lock:
            if self._closed or not 0 <= number < self.pieces:
                raise KeyError(number)
            sealed = os.pread(self._file.fileno(), _ROOM, number * _ROOM)
        return primitives.unseal(self._key, sealed, str(number).encode())

    def close(self) -> None:
        """The disk is free again. A second time nothing happens."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._file.close()
        self._spools.give_back(self._taken)

    def __del__(self) -> None:
        self.close()

    def _put(self, piece: bytes) -> None:
        sealed = primitives.seal(self._key, piece, str(self.pieces).encode())
        with self._lock:
            self._spools.take(len(sealed))
            self._taken += len(sealed)
            _write(self._file.fileno(), sealed, self.pieces * _ROOM)
            self.pieces += 1


def _write(number: int, data: bytes, at: int) -> None:
    """All of it. SpoolFull when the disk takes no more."""
    done = 0
    try:
        while done < len(data):
            done += os.pwrite(number, data[done:], at + done)
    except OSError as error:
        raise SpoolFull from error
