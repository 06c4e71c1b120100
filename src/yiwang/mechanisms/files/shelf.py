"""Encrypted bytes on disk under random names: ``YIWANG_HOME/files/<2>/<16>``."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from yiwang.mechanisms.crypto import streams
from yiwang.mechanisms.files import rules
from yiwang.mechanisms.files.definitions import StorageFull

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
PART: Final = ".part"


def folder() -> Path:
    return Path(settings.YIWANG_HOME) / "files"


def path_of(key: str) -> Path:
    """Where a file lies; ValueError for anything but a key of ours."""
    return rules.place_of(folder(), key)


def keep(key: str, chunks: Iterable[bytes]) -> None:
    """Write, flush, name, flush the folder: after this returns a power cut loses nothing.

    ``StorageFull`` when the disk is full; then nothing half-written stays.
    """
    path = path_of(key)
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for sealed in streams.seal_stream(chunks, context=rules.context_of(key)):
                file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _flush(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise StorageFull from error
        raise


def take_out(key: str) -> Iterator[bytes]:
    """The content, decrypted as it is read; ``CannotDecrypt`` when it was changed on disk."""
    with path_of(key).open("rb") as sealed:
        yield from streams.open_stream(sealed, context=rules.context_of(key))


def remove(key: str) -> None:
    path_of(key).unlink(missing_ok=True)


def names_older_than(moment: datetime) -> Iterator[str]:
    """Names on disk, unfinished ones too, last written before a moment."""
    for path in folder().glob("??/*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < moment.timestamp():
                yield path.name


def remove_unfinished(name: str) -> None:
    (folder() / name[:2] / name).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
