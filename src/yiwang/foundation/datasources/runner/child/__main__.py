"""The conversation with the parent."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import struct
from collections.abc import Iterator
from typing import Any, Final

from yiwang.foundation.datasources.runner.child.encoding import encode, in_lines
from yiwang.foundation.datasources.runner.child.limits import Problem, limit_myself, load_first
from yiwang.foundation.datasources.runner.child.parquet import Parquet
from yiwang.foundation.datasources.runner.child.postgres import Postgres
from yiwang.foundation.datasources.runner.child.sheet import Sheet
from yiwang.foundation.datasources.runner.child.sqlite import Csv, Sqlite

MOST_FRAME: Final = 16 * 1024 * 1024
#: An answer of a usual size goes out at once, without waiting for who reads it.
PIPE: Final = 1024 * 1024
#: What a frame of a large answer holds at most.
PIECE: Final = 256 * 1024
#: After its time a question has this long to end by itself before the kernel ends the process.
GRACE: Final = 0.5
ENGINES: Final[dict[str, type[Any]]] = {
    one.kind: one for one in (Csv, Sqlite, Parquet, Postgres, Sheet)
}


def read_frame() -> dict[str, Any] | None:
    head = _read_exactly(4)
    if head is None:
        return None
    (length,) = struct.unpack(">I", head)
    if length > MOST_FRAME:
        raise SystemExit(4)
    body = _read_exactly(length)
    if body is None:
        return None
    told: dict[str, Any] = json.loads(body)
    return told


def _read_exactly(count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_frame(answer: dict[str, Any], body: bytes = b"") -> None:
    """An answer, and behind it the rows as they are."""
    head = json.dumps({**answer, "body": len(body)}).encode()
    _write_all(struct.pack(">I", len(head)) + head + body)


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def stream(engine: Any, asked: dict[str, Any]) -> None:
    """Rows in frames, no faster than they are taken; the last frame says that it is the last. Each time
    some rows are fetched they have as long as a question."""
    values = [engine.value(kind, value) for kind, value in asked["values"]]
    if hasattr(engine, "lines"):
        parts = engine.lines(asked, values)
    else:
        parts = in_lines(engine.ask(asked["sql"], values, asked["seconds"], each=True), asked)
    count, more = 0, False
    with contextlib.closing(parts):
        while (part := _next(parts, asked["seconds"])) is not None:
            body, rows, more = part
            count += rows
            for first in range(0, len(body), PIECE):
                write_frame({"problem": "", "last": False}, body[first : first + PIECE])
    write_frame({"problem": "", "last": True, "rows": count, "more": more})


def _next(parts: Iterator[tuple[bytes, int, bool]], seconds: float) -> Any:
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
    try:
        return next(parts, None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(engine: Any, asked: dict[str, Any]) -> None:
    signal.setitimer(signal.ITIMER_REAL, asked["seconds"] + GRACE)
    try:
        if "large" in asked:
            stream(engine, asked)
            return
        if "copy" in asked:
            head, body = engine.copy(asked)
            write_frame({"problem": "", **head}, body)
            return
        values = [engine.value(kind, value) for kind, value in asked["values"]]
        if hasattr(engine, "answer"):
            body, count, more = engine.answer(asked, values)
        else:
            rows = engine.ask(asked["sql"], values, asked["seconds"])
            with contextlib.closing(rows):
                body, count, more = encode(rows, asked)
    except Problem as problem:
        write_frame({"problem": problem.code, "about": problem.about})
        return
    except MemoryError:
        write_frame({"problem": "too-large", "about": ""})
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    write_frame({"problem": "", "rows": count, "more": more}, body)


def main() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when
    load_first()
    with contextlib.suppress(
        OSError
    ):  # its owner has used up what pipes may hold: then piece by piece
        fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, PIPE)
    told = read_frame()
    if told is None:
        return
    engine = ENGINES[told["kind"]]()
    signal.setitimer(signal.ITIMER_REAL, told["seconds"])
    try:
        if not engine.keep_network:
            limit_myself(keep_network=False, spare=16)
        engine.open(told)
        limit_myself(keep_network=engine.keep_network, spare=engine.spare)
        tables = engine.tables() if told.get("tables") else []
    except Problem as problem:
        write_frame({"problem": problem.code, "about": problem.about})
        return
    except MemoryError:
        write_frame({"problem": "too-large", "about": ""})
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    write_frame({"problem": "", "tables": tables}, getattr(engine, "body", b""))
    while (asked := read_frame()) is not None:
        answer(engine, asked)


if __name__ == "__main__":
    main()
