"""Somebody at a terminal: a command is typed, its questions are answered, what it prints is read."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def typed(
    command: str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    answers: Sequence[tuple[str, str]] = (),
    seconds: float = 180,
    code: int = 0,
) -> str:
    """What the shell's command printed. ``answers``: (question, reply), in the order they are asked.

    AssertionError when it ends with another code, asks something else, or takes too long.
    """
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve("/bin/bash", ["bash", "-ec", command], dict(environment))  # noqa: S606 the handbook's own
    said, waiting, end = b"", list(answers), time.monotonic() + seconds
    answered = 0
    try:
        while piece := _piece(screen, end):
            said += piece
            while waiting and (at := said.find(waiting[0][0].encode(), answered)) >= 0:
                question, reply = waiting.pop(0)
                answered = at + len(question.encode())
                os.write(screen, f"{reply}\n".encode())
        _, status = os.waitpid(pid, 0)
    except BaseException:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    finally:
        os.close(screen)
    text = re.sub("\r\n?", "\n", said.decode("utf-8", "replace"))
    assert os.waitstatus_to_exitcode(status) == code, text[-3000:]
    assert not waiting, (waiting[0][0], text[-3000:])
    return text


def _piece(screen: int, end: float) -> bytes:
    """What comes next; nothing at the end."""
    ready, _, _ = select.select([screen], [], [], max(0.0, end - time.monotonic()))
    if not ready:
        raise AssertionError("the command took too long")
    try:
        return os.read(screen, 65536)
    except OSError:  # a terminal nobody writes to any more
        return b""
