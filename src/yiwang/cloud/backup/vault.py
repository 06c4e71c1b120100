"""The backup folder: sealed pieces, whole or not there, each found damaged by its name."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yiwang.cloud.backup import definitions as names
from yiwang.cloud.backup.definitions import Base, Kind, Reach
from yiwang.cloud.backup.refusals import CannotBackUp, DamagedBackup
from yiwang.mechanisms.crypto import streams
from yiwang.mechanisms.crypto.definitions import CannotDecrypt

_CHUNK: Final = 1 << 20


def write(folder: Path, name: str, chunks: Iterable[bytes]) -> int:
    """Compress and seal a content under a name in the folder; its size. CannotBackUp when it cannot."""
    path = folder / name
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with part.open("wb") as file:
            for sealed in streams.seal_stream(_deflate(chunks), context=f"backup:{name}"):
                file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        _settle(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CannotBackUp(remedy=f"{error.filename or path}：{error.strerror}。") from error
    return path.stat().st_size


def read(folder: Path, name: str) -> Iterator[bytes]:
    """The content of a name; DamagedBackup, naming it, when it is missing, cut or changed."""
    try:
        with (folder / name).open("rb") as file:
            yield from _inflate(streams.open_stream(file, context=f"backup:{name}"))
    except (CannotDecrypt, OSError, zlib.error, EOFError) as error:
        raise damaged(folder / name) from error


def damaged(path: Path) -> DamagedBackup:
    return DamagedBackup(f"备份里的文件损坏或缺失：{path}")


@contextlib.contextmanager
def opening(folder: Path, name: str) -> Iterator[Iterator[bytes]]:
    """The same for somebody who reads it in another form: what he cannot read is damage, too."""
    try:
        yield read(folder, name)
    except (tarfile.TarError, EOFError) as error:
        raise damaged(folder / name) from error


def copy(source: Path, target: Path) -> None:
    """A file that is sealed or public already, whole or not there, on disk before this returns."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(target.name + ".part")
    try:
        with source.open("rb") as given, part.open("wb") as file:
            shutil.copyfileobj(given, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        _settle(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CannotBackUp(remedy=f"{target}：{error.strerror}。") from error


def write_manifest(folder: Path, base: Base) -> None:
    """Last of all: a base without one was never finished."""
    told = {**asdict(base), "began_at": base.began_at.isoformat()}
    told["ended_at"] = base.ended_at.isoformat()
    write(folder, manifest_of(base.key), [json.dumps(told).encode()])


def list_bases(folder: Path) -> tuple[Base, ...]:
    """Every finished base, oldest first. DamagedBackup for a manifest that does not open."""
    found = []
    for path in sorted((folder / names.BASES).glob(f"*/{names.MANIFEST}")):
        name = manifest_of(path.parent.name)
        told: dict[str, Any] = json.loads(b"".join(read(folder, name)))
        told["kind"] = Kind(told["kind"])
        for moment in ("began_at", "ended_at"):
            told[moment] = datetime.fromisoformat(told[moment])
        found.append(Base(**told))
    return tuple(sorted(found, key=lambda base: base.ended_at))


def manifest_of(key: str) -> str:
    return f"{names.BASES}/{key}/{names.MANIFEST}"


def database_of(key: str) -> str:
    return f"{names.BASES}/{key}/{names.DATABASE}"


def segment_of(name: str) -> str:
    return f"{names.SEGMENTS}/{name}.sealed"


def write_reach(folder: Path, reach: Reach) -> None:
    """How far the log reaches: only after everything up to there is on disk."""
    told = {
        "until": reach.until.isoformat(),
        "marked_at": reach.marked_at.isoformat(),
        "segment": reach.segment,
    }
    path = folder / names.REACH
    part = path.with_name(path.name + ".part")
    with part.open("w") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    _settle(part, path)


def read_reach(folder: Path) -> Reach | None:
    path = folder / names.REACH
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text())
        until, marked = (datetime.fromisoformat(told[k]) for k in ("until", "marked_at"))
        return Reach(until, marked, str(told["segment"]))
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path) from error


def digest_of(path: Path) -> Iterator[bytes]:
    """The bytes of a sealed file as they lie there."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _settle(part: Path, path: Path) -> None:
    part.rename(path)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.decompressobj()
    for chunk in chunks:
        if plain := packer.decompress(chunk):
            yield plain
    yield packer.flush()
    if not packer.eof:
        raise EOFError("cut")
