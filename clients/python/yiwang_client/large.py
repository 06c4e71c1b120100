"""Large replies: written to a file while they come, and taken only when they are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes

from yiwang_client.answers import NotProven

PIECE = 262_144


@dataclass(frozen=True)
class Large:
    """``rows`` records, one a line (NDJSON), in the file; no file when nothing was found."""

    message: str
    found: bool
    rows: int
    as_of: datetime
    source: str


@contextmanager
def arriving(path: Path, said: dict[str, Any]) -> Iterator[Callable[[bytes], object]]:
    """Beside ``path`` until it is as the signed first line says, then in its place. NotProven."""
    beside, state = path.with_name(path.name + ".part"), hashes.Hash(hashes.SM3())
    try:
        with beside.open("wb") as file:
            yield lambda piece: (file.write(piece), state.update(piece))
            came = (file.tell(), state.finalize().hex())
        if came != (said["stream"]["bytes"], said["stream"]["sm3"]):
            raise NotProven("NotWhole", "大答复没有收完整，没有采用。", "请重新调用。")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read(said: dict[str, Any]) -> Large:
    """What was received."""
    rows, as_of = said.get("stream", {}).get("rows", 0), datetime.fromisoformat(said["as_of"])
    return Large(said["message"], said["status"] == "FOUND", rows, as_of, said["source"])
